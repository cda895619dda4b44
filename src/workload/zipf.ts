import type { Random } from '../util/random.ts';
import { buildAliasTable, pickAlias } from './alias-table.ts';
import { unitOf } from './hash.ts';

/** How often ranks [0, count) come by Zipf's law, not normed: 1 / (rank + 1) ** exponent. */
export function zipfWeights(count: number, exponent: number): Float64Array {
	const weights = new Float64Array(count);
	for (let rank = 0; rank < count; rank++) weights[rank] = 1 / (rank + 1) ** exponent;
	return weights;
}

/**
 * Draws ranks [0, count) of which rank r comes with a probability in proportion to 1 / (r + 1) ** exponent: the
 * popularity of names that resolvers see. Exact; eight octets a rank.
 */
export class Zipf {
	readonly #table: Uint32Array;

	constructor(count: number, exponent: number) {
		this.#table = new Uint32Array(buildAliasTable(zipfWeights(count, exponent)));
	}

	draw(random: Random): number {
		return pickAlias(this.#table, unitOf(random.nextUint32(), random.nextUint32()));
	}
}
