import type { Capacity } from '../simulate/open-policy.ts';
import type { SourceNote, StudySize } from './report.ts';

/** A size as it was asked for: entries, octets, or a share of the footprint. */
export type SizeWish =
	| { readonly written: string; readonly unit: 'entries' | 'bytes'; readonly amount: number }
	| {
			readonly written: string;
			readonly unit: 'share';
			/** Above 0. */
			readonly amount: number;
			/** Left out where it comes to less than is worth a run. */
			readonly isOptional?: boolean;
	  };

/** The live cache has no smaller one: a bucket. */
export const liveBytesMin = 8192;

/** For curves. */
export const usualSizes: readonly SizeWish[] = [1, 2, 5, 10, 20, 50, 100].map((percent) => ({
	written: `${percent}%`,
	unit: 'share',
	amount: percent / 100,
	isOptional: true,
}));

/**
 * Sizes in order, entries first, each once. Shares are of octets; of entries where each is as large as any other, as in traces
 * without sizes.
 *
 * @param leastBytes below it a share that is optional is left out
 */
export function sizesOf(
	wishes: readonly SizeWish[],
	{ footprint, isDns }: Pick<SourceNote, 'footprint' | 'isDns'>,
	leastBytes: number = liveBytesMin,
): StudySize[] {
	const isUniform = !isDns && footprint.bytes === footprint.entries;
	const unit = isUniform ? 'entries' : 'bytes';
	const all = footprint[unit];
	const sizes = wishes.map((wish): StudySize & { isOptional: boolean } => {
		const { written } = wish;
		if (wish.unit !== 'share') return { written, unit: wish.unit, amount: wish.amount, isOptional: false };
		const amount = Math.max(1, Math.round(all * wish.amount));
		const isSmall = isDns && amount < leastBytes && wish.amount < 1;
		return { written, unit, amount, isOptional: wish.isOptional === true && isSmall };
	});
	const kept = sizes.filter(({ isOptional }) => !isOptional).map(({ isOptional, ...size }) => size);
	return kept
		.sort((a, b) => (a.unit === b.unit ? a.amount - b.amount : a.unit === 'entries' ? -1 : 1))
		.filter((size, i, { [i - 1]: before }) => before?.unit !== size.unit || before.amount !== size.amount);
}

export function capacityOf({ unit, amount }: StudySize): Capacity {
	return unit === 'entries' ? { unit, entries: amount } : { unit, bytes: amount };
}
