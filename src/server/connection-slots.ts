import type { ConnectionSlots } from '../net/connection-slots.ts';

/**
 * How many TCP connections all shards together may hold. Each shard counts its own in shared memory, so that a shard
 * that dies takes its count with it; two that open at once may overshoot the limit by one each.
 */
export const tcpConnectionsMax = 2048;

export function createConnectionCounts(shards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(shards * Int32Array.BYTES_PER_ELEMENT);
}

/** After a shard died: its connections are closed. */
export function forgetConnections(counts: SharedArrayBuffer, shard: number): void {
	Atomics.store(new Int32Array(counts), shard, 0);
}

export function sharedConnectionSlots(
	counts: SharedArrayBuffer,
	shard: number,
	max = tcpConnectionsMax,
): ConnectionSlots {
	const open = new Int32Array(counts);
	return {
		acquire() {
			let total = 1;
			for (let other = 0; other < open.length; other++) total += Atomics.load(open, other);
			if (total > max) return false;
			Atomics.add(open, shard, 1);
			return true;
		},
		release() {
			Atomics.sub(open, shard, 1);
		},
	};
}
