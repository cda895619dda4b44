import type { DatagramCounts, SlotCounts } from '../result.ts';
import { countText } from './quantity-text.ts';

/** A total and the parts that it must be the sum of. */
export interface Sum {
	readonly total: number;
	readonly totalName: string;
	readonly parts: readonly (readonly [name: string, count: number])[];
}

/** Every query that was due, by how it ended. */
export function slotSum(slots: SlotCounts): Sum {
	return {
		total: slots.due,
		totalName: 'due',
		parts: [
			['answered', slots.answered],
			['late', slots.late],
			['lost', slots.lost],
			['send errors', slots.sendErrors],
			['not offered', slots.notOffered],
		],
	};
}

/** Every datagram that came, by what it was. */
export function datagramSum(datagrams: DatagramCounts): Sum {
	return {
		total: datagrams.received,
		totalName: 'received',
		parts: [
			['answers', datagrams.answers],
			['late', datagrams.late],
			['duplicates', datagrams.duplicates],
			['mismatched', datagrams.mismatched],
			['unknown', datagrams.unknown],
		],
	};
}

/** "1,000 due = 990 answered + 0 late + ..." */
export function sumText({ total, totalName, parts }: Sum): string {
	return `${countText(total)} ${totalName} = ${parts.map(([name, count]) => `${countText(count)} ${name}`).join(' + ')}`;
}

/** How far the parts are above the total: 0 where everything was counted once. */
export function surplusOf({ total, parts }: Sum): number {
	return parts.reduce((sum, [, count]) => sum + count, 0) - total;
}

/** What does not add up, in words; empty: everything was counted exactly once. */
export function sumFaults(counts: { slots: SlotCounts; datagrams: DatagramCounts }): string[] {
	return [slotSum(counts.slots), datagramSum(counts.datagrams)].flatMap((sum) => {
		const surplus = surplusOf(sum);
		if (surplus === 0) return [];
		const names = sum.parts.map(([name]) => name).join(' + ');
		return [`${countText(sum.total)} ${sum.totalName}, but ${names} is ${countText(sum.total + surplus)}`];
	});
}
