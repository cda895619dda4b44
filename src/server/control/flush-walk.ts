import { setImmediate as afterOthers, setTimeout as pause } from 'node:timers/promises';
import type { FlushScope } from '../../cache/flush-scope.ts';
import { type CacheFlusher, type Flushed, nothingFlushed } from '../../cache/flusher.ts';

/** Buckets that are looked at in one go, half a megabyte: a tenth of a millisecond (docs/design/0008-flush.md). */
const bucketsPerSlice = 64;
/** A bucket that a shard has locked all the time is tried again so often; together a quarter of a second. */
const roundsMax = 25;
const roundMs = 10;

export interface Walked {
	readonly flushed: Flushed;
	/** Buckets that could not be had. */
	readonly lockedCount: number;
}

/** Flushes the whole shared cache in slices, so that whatever else the thread has to do goes on between them. */
export async function walkCache(flusher: CacheFlusher, scope: FlushScope): Promise<Walked> {
	const flushed = nothingFlushed();
	let locked: number[] = [];
	for (let bucket = 0; bucket < flusher.bucketCount; bucket++) {
		if (bucket % bucketsPerSlice === 0) await afterOthers();
		if (!flusher.flush(bucket, scope, flushed)) locked.push(bucket);
	}
	for (let round = 0; round < roundsMax && locked.length > 0; round++) {
		await pause(roundMs);
		locked = locked.filter((bucket) => !flusher.flush(bucket, scope, flushed));
	}
	return { flushed, lockedCount: locked.length };
}
