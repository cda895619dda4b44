/**
 * Random numbers by their place: number k of a stream is a function of k and the stream's key. Where a query is known by
 * its number alone, what was drawn for it can be drawn again; and threads share a stream by taking every other place.
 */

/**
 * Scatters 32 bits, one to one: no two values give the same (multiplications by odd numbers and shifts that can be undone;
 * constants of Wellons's search for low bias). Returns a signed number.
 */
export function scatter(value: number): number {
	value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
	value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
	return value ^ (value >>> 16);
}

/** A key for one purpose, `salt`, of those that share a seed. */
export function keyOf(seed: number, salt: number): number {
	return scatter(scatter(seed + 0x9e3779b9) ^ Math.imul(salt + 1, 0x85ebca6b));
}

/**
 * A number in [0, 1) with 52 bits: place `place` of the stream `key`. One bit less than fit, so that its product with a
 * whole number n below 2^32 never rounds up to n.
 */
export function unitAt(key: number, place: number): number {
	const high = scatter(scatter(place) ^ key);
	const low = scatter(high ^ (key >>> 1) ^ 0x2545f491);
	return unitOf(high >>> 0, low >>> 0);
}

/** A number in [0, 1) with 52 bits from two of 32 bits. */
export function unitOf(high: number, low: number): number {
	return high / 0x1_0000_0000 + (low >>> 12) / 0x10_0000_0000_0000;
}
