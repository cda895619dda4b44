import type { QuerySet } from './query-set.ts';

/**
 * A set in the order of its times; queries of one time stay in their order. Traces are in order but for a little where
 * they were written down when the answer came, or by several threads.
 */
export function sortByTime(set: QuerySet): QuerySet {
	const { count } = set;
	const octets = new Uint8Array(set.octets);
	const offsets = new Uint32Array(set.offsets);
	const atMs = new Float64Array(set.dueMs!);
	const order = new Uint32Array(count);
	for (let i = 0; i < count; i++) order[i] = i;
	order.sort((a, b) => atMs[a] - atMs[b] || a - b);
	const sorted = {
		octets: new Uint8Array(new SharedArrayBuffer(offsets[count])),
		offsets: new Uint32Array(new SharedArrayBuffer((count + 1) * 4)),
		atMs: new Float64Array(new SharedArrayBuffer(count * 8)),
	};
	let end = 0;
	for (let i = 0; i < count; i++) {
		const from = order[i];
		sorted.octets.set(octets.subarray(offsets[from], offsets[from + 1]), end);
		end += offsets[from + 1] - offsets[from];
		sorted.offsets[i + 1] = end;
		sorted.atMs[i] = atMs[from];
	}
	return {
		count,
		octets: sorted.octets.buffer,
		offsets: sorted.offsets.buffer,
		dueMs: sorted.atMs.buffer,
	};
}
