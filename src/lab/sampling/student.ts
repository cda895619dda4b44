/** Quantiles 0.975 of Student's t by degrees of freedom, from 1 on: half of the width that holds 95 %, in standard errors. */
const quantiles = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
	2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const normalQuantile = 1.96;

/** Half the width of the interval that holds the mean of what `values` are draws of, 19 times of 20; NaN for fewer than two. */
export function halfWidth(values: readonly number[]): number {
	const count = values.length;
	if (count < 2) return Number.NaN;
	const mean = values.reduce((sum, value) => sum + value, 0) / count;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const standardError = Math.sqrt(squares / (count - 1) / count);
	return standardError * (quantiles[count - 2] ?? normalQuantile);
}
