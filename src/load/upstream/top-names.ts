import type { NameTally } from './name-tally.ts';

/**
 * Numbers of the `most` names that were asked for most often, those first; of names with one count those that came first.
 * A heap of `most` names, the least of them on top, is held against all others: a million names take some milliseconds.
 */
export function topNames(tally: NameTally, most: number): number[] {
	const heap: { number: number; total: number }[] = [];
	const isLess = (a: number, b: number): boolean =>
		heap[a].total < heap[b].total || (heap[a].total === heap[b].total && heap[a].number > heap[b].number);
	const swap = (a: number, b: number): void => {
		[heap[a], heap[b]] = [heap[b], heap[a]];
	};
	const sink = (): void => {
		for (let at = 0; ; ) {
			let least = at;
			for (const child of [2 * at + 1, 2 * at + 2])
				if (child < heap.length && isLess(child, least)) least = child;
			if (least === at) return;
			swap(at, least);
			at = least;
		}
	};
	const rise = (): void => {
		for (let at = heap.length - 1; at > 0; ) {
			const parent = (at - 1) >> 1;
			if (!isLess(at, parent)) return;
			swap(at, parent);
			at = parent;
		}
	};
	for (let number = 0; number < tally.names; number++) {
		const total = tally.totalOf(number);
		if (heap.length < most) {
			heap.push({ number, total });
			rise();
		} else if (most > 0 && total > heap[0].total) {
			heap[0] = { number, total };
			sink();
		}
	}
	return heap.sort((a, b) => b.total - a.total || a.number - b.number).map(({ number }) => number);
}
