/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
	return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** "310 (295–340)"; without brackets if all were equal. */
export function spreadText({ median, min, max }: Spread, digits = 0): string {
	const text = median.toFixed(digits);
	return min === max ? text : `${text} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
