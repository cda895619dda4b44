import { never } from './bucket-room.ts';

/** A bucket with entries that end. */
interface ExpiringBucket {
	readonly count: number;
	earliestExpiry: number;
	isDead(index: number): boolean;
	isProtected(index: number): boolean;
	/** In ticks. */
	expiresAt(index: number): number;
	remember(index: number): void;
	drop(index: number): void;
}

/**
 * Drops what expired before `deadBefore` (in ticks); `dropping` is told the slot of each before. Reads every entry. What was
 * protected is remembered: who asks for it next finds it protected again.
 */
export function dropExpired(
	bucket: ExpiringBucket,
	deadBefore: number,
	dropping: ((index: number) => void) | undefined,
): void {
	let earliest = never;
	for (let index = 0; index < bucket.count; index++) {
		if (bucket.isDead(index)) continue;
		const expiresAt = bucket.expiresAt(index);
		if (expiresAt >= deadBefore) {
			earliest = Math.min(earliest, expiresAt);
			continue;
		}
		if (bucket.isProtected(index)) bucket.remember(index);
		dropping?.(index);
		bucket.drop(index);
	}
	bucket.earliestExpiry = earliest;
}
