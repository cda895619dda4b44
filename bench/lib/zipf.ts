import type { Random } from '../../src/util/random.ts';

/**
 * Draws ranks [0, count) of which rank r comes with a probability in proportion to 1 / (r + 1) ** exponent: the
 * popularity of names that resolvers see. Exact, by binary search in the cumulated weights; eight octets a rank.
 */
export class Zipf {
	readonly #cumulated: Float64Array;

	constructor(count: number, exponent: number) {
		this.#cumulated = new Float64Array(count);
		let sum = 0;
		for (let rank = 0; rank < count; rank++) this.#cumulated[rank] = sum += 1 / (rank + 1) ** exponent;
	}

	draw(random: Random): number {
		const cumulated = this.#cumulated;
		const point = (random.nextUint32() / 0x1_0000_0000) * cumulated[cumulated.length - 1];
		let low = 0;
		let high = cumulated.length - 1;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (cumulated[middle] > point) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}
