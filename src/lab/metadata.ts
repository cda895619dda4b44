import type { Metadata } from './policy.ts';

/**
 * What policies store in a server besides the entries and the index by key, which all of them need. Numbers of entries have
 * 32 bits; bits are counted as parts of octets, since marks of many entries share an octet.
 */

/** The number of an entry. */
export const entryNumberBytes = 4;
/** An entry in a list from whose middle entries go: its two neighbors. */
export const linkedBytes = 2 * entryNumberBytes;
export const bitBytes = 1 / 8;
/** A key that is remembered: 32 bits of its hash, and its place in an index of its own. */
export const rememberedBytes = 4 + entryNumberBytes;

/** A policy that stores something for each entry, and nothing else. */
export function perEntry(bytes: number): Metadata {
	return { perEntryBytes: bytes, perGhostBytes: 0, ghostsPerEntry: 0, fixedBytes: 0 };
}
