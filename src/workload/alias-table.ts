import { assert } from '../util/assert.ts';

/**
 * Draws from any distribution over `count` items in the time of one look, exactly (Walker's alias method, built as Vose
 * shows). Each item has a column of the same width; what an item has too much fills the columns of those that have too
 * little, one alias a column.
 *
 *   octet 8 i   | threshold (Uint32) | alias (Uint32) |     item i in the lower threshold / 2^32 of column i, else its alias
 *
 * The memory is shared: threads draw from one table.
 */
export function buildAliasTable(weights: Float64Array): SharedArrayBuffer {
	const count = weights.length;
	assert(count > 0 && count < 2 ** 31, 'an alias table has 1 to 2^31 items');
	let sum = 0;
	for (const weight of weights) sum += weight;
	const buffer = new SharedArrayBuffer(count * 8);
	const table = new Uint32Array(buffer);
	// What is left to place of each item, in columns.
	const left = weights.map((weight) => (weight / sum) * count);
	// Items with less than a column stand in front, from `next` to `border`, the others behind.
	const order = new Uint32Array(count);
	let next = 0;
	let border = 0;
	let rich = count;
	for (let item = 0; item < count; item++) order[left[item] < 1 ? border++ : --rich] = item;
	while (next < border && border < count) {
		const item = order[next++];
		const giver = order[border];
		table[2 * item] = Math.min(0xffff_ffff, Math.round(left[item] * 0x1_0000_0000));
		table[2 * item + 1] = giver;
		left[giver] -= 1 - left[item];
		if (left[giver] < 1) border++;
	}
	// What remains are columns that are full but for rounding.
	for (; next < count; next++) {
		table[2 * order[next]] = 0xffff_ffff;
		table[2 * order[next] + 1] = order[next];
	}
	return buffer;
}

/**
 * The item at `unit`, which is in [0, 1) and has 52 bits. The bits that do not choose the column choose within it.
 *
 * @param table what `buildAliasTable` made
 */
export function pickAlias(table: Uint32Array, unit: number): number {
	const place = unit * (table.length >>> 1);
	const column = Math.floor(place);
	return (place - column) * 0x1_0000_0000 < table[2 * column] ? column : table[2 * column + 1];
}
