import { type Bucket, never } from './bucket.ts';

/**
 * Drops what expired before `deadBefore` (in ticks), each told to `dropped` by its kind. Reads every entry. What was protected
 * is remembered: who asks for it next finds it protected again.
 */
export function dropExpired(bucket: Bucket, deadBefore: number, dropped: (kind: number) => void): void {
	let earliest = never;
	for (let index = 0; index < bucket.count; index++) {
		if (bucket.isDead(index)) continue;
		const expiresAt = bucket.expiresAt(index);
		if (expiresAt >= deadBefore) {
			earliest = Math.min(earliest, expiresAt);
			continue;
		}
		if (bucket.isProtected(index)) bucket.remember(index);
		dropped(bucket.kind(index));
		bucket.drop(index);
	}
	bucket.earliestExpiry = earliest;
}
