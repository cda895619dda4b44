/** Latencies as arithmetic has them: what a load generator must report of a server whose behaviour is known. */

/** Halvings of an interval: further than a double tells numbers apart. */
const halvings = 60;
/** Steps of Simpson's rule, an even number. */
const steps = 400;
/** A normal variable is nearly never further from its mean, in standard deviations. */
const normalMax = 9;

/** Where a function that rises from `low` to `high` reaches a value. */
function invert(rising: (x: number) => number, value: number, low: number, high: number): number {
	for (let i = 0; i < halvings; i++) {
		const middle = (low + high) / 2;
		if (rising(middle) < value) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/**
 * The wait, in milliseconds, that a share `q` of queries at an even rate are not above, where the server stood still for each of
 * `stallsMs` within `spanMs`: who is due in a stall of length s waits evenly between 0 and s.
 */
export function stallQuantileMs(q: number, stallsMs: readonly number[], spanMs: number): number {
	const shareWithin = (ms: number): number =>
		1 - stallsMs.reduce((sum, stallMs) => sum + Math.max(0, stallMs - ms), 0) / spanMs;
	return shareWithin(0) >= q ? 0 : invert(shareWithin, q, 0, Math.max(...stallsMs));
}

/** Its mean. */
export function stallMeanMs(stallsMs: readonly number[], spanMs: number): number {
	return stallsMs.reduce((sum, stallMs) => sum + stallMs ** 2 / 2, 0) / spanMs;
}

/** The integral of the standard normal density from 0 to z, by Simpson's rule. */
function normalFromZero(z: number): number {
	const width = z / steps;
	let sum = 0;
	for (let i = 0; i <= steps; i++) {
		const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
		sum += weight * Math.exp(-((i * width) ** 2) / 2);
	}
	return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

/** The standard normal variable that is not above it with probability `q`. */
export function normalQuantile(q: number): number {
	return invert((z) => 0.5 + normalFromZero(z), q, -normalMax, normalMax);
}

export interface KnownDelay {
	/** Of `petrel upstream` (docs/upstream.md). */
	readonly label: string;
	readonly quantileMs: (q: number) => number;
}

export const knownDelays: readonly KnownDelay[] = [
	{ label: 'delay20ms', quantileMs: () => 20 },
	{ label: 'delayuniform10-50ms', quantileMs: (q) => 10 + (50 - 10) * q },
	{ label: 'delayexp20ms', quantileMs: (q) => -20 * Math.log(1 - q) },
	{
		label: 'delaylognormal5-40ms',
		quantileMs: (q) => 5 * (40 / 5) ** (normalQuantile(q) / normalQuantile(0.99)),
	},
];
