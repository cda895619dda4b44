import type { Random } from '../../util/random.ts';

/** A number in (0, 1], of 32 bits: its logarithm is finite. */
export function uniformOf(random: Random): number {
	return (random.nextUint32() + 1) / 0x1_0000_0000;
}

/** True in so many percent of the calls; 0 draws nothing, so that what never happens disturbs nobody's chance. */
export function happens(percent: number, random: Random): boolean {
	return percent > 0 && uniformOf(random) * 100 <= percent;
}
