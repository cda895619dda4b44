import type { Metadata } from '../policy.ts';
import { type KeyNames, keyHeadBytes } from './key-names.ts';

/**
 * What an entry takes of a cache of so many octets, so that policies and the live cache are compared at equal memory. The live
 * cache is what it is: buckets, marks, gaps and all. A policy is charged the least that a cache of DNS answers with it
 * would store:
 *
 *   records   what the answer has
 *   key       its name, QTYPE, QCLASS and flags
 *   head      when it was stored and for how long, RCODE and flags, how many records in which section
 *   index     a place in a hash table with numbers of 32 bits that is three quarters full
 *   policy    its `Metadata`, remembered keys included; what does not grow with entries is taken off the capacity
 *
 * Nothing is charged for an allocator, for rounding, or for finding TTLs in records, which the live cache pays.
 */
export const headBytes = 8 + 2 + 6;
export const indexBytes = 4 / (3 / 4);

/** Octets that a policy stores for each entry, and its share of keys that are remembered. */
export function policyBytes({ perEntryBytes, perGhostBytes, ghostsPerEntry }: Metadata): number {
	return perEntryBytes + perGhostBytes * ghostsPerEntry;
}

/** The charge of an entry, in whole octets. */
export function entryCharge(names: KeyNames, metadata: Metadata): (key: number, bodyBytes: number) => number {
	const always = keyHeadBytes + headBytes + indexBytes + policyBytes(metadata);
	return (key, bodyBytes) => Math.ceil(bodyBytes + names.nameBytes(key) + always);
}
