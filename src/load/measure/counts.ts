/** Counts of nothing, and the sum of two, for whoever adds up what `result.ts` describes. */
import type { DatagramCounts, SizeCounts, SlotCounts } from '../result.ts';

export function noSlots(): SlotCounts {
	return { due: 0, answered: 0, late: 0, lost: 0, sendErrors: 0, notOffered: 0 };
}

export function noDatagrams(): DatagramCounts {
	return { received: 0, answers: 0, late: 0, duplicates: 0, mismatched: 0, unknown: 0 };
}

export function noSizes(): SizeCounts {
	return { messages: 0, bytes: 0, minBytes: 0, maxBytes: 0 };
}

/** Adds `more` to `counts`. */
export function addCounts<Counts extends SlotCounts | DatagramCounts>(counts: Counts, more: Counts): void {
	const into = counts as unknown as Record<string, number>;
	for (const [name, count] of Object.entries(more)) into[name] += count;
}

/** Adds `more` to `sizes`; where there are no messages there is no least. */
export function addSizes(sizes: SizeCounts, more: SizeCounts): void {
	if (more.messages === 0) return;
	sizes.minBytes = sizes.messages === 0 ? more.minBytes : Math.min(sizes.minBytes, more.minBytes);
	sizes.maxBytes = Math.max(sizes.maxBytes, more.maxBytes);
	sizes.messages += more.messages;
	sizes.bytes += more.bytes;
}

/** Adds what each key of `more` counts. */
export function addMap<Key>(sums: Map<Key, number>, more: ReadonlyMap<Key, number>): void {
	for (const [key, count] of more) sums.set(key, (sums.get(key) ?? 0) + count);
}
