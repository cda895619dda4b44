import { scatter } from '../workload/hash.ts';
import type { SizedPolicy } from './sized-policy.ts';

/** Which of `count` parts of a cache a key belongs to: servers take a hash of the name and type, we of the number. */
export function shardOf(key: number, count: number): number {
	return (scatter(key) >>> 0) % count;
}

/**
 * How many entries a cache holds when it is full, by the mean size of those that are in it: what its operator would have to
 * set in a server that bounds entries. With sizes of 1 that is the capacity.
 */
export function entriesThatFit({ capacity, held, entries }: SizedPolicy): number {
	return entries === 0 ? capacity : Math.floor((capacity * entries) / held);
}
