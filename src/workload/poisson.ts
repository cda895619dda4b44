/** Terms this small against what is summed already change nothing. */
const negligible = 1e-17;
const halfLnTwoPi = Math.log(2 * Math.PI) / 2;

/** ln(n!) */
export function lnFactorial(n: number): number {
	if (n < 20) {
		let product = 1;
		for (let i = 2; i <= n; i++) product *= i;
		return Math.log(product);
	}
	// Stirling's series for ln Γ(n + 1); what is left out is below 1e-12 from 20 on.
	const x = n + 1;
	const square = x * x;
	const series = (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / x;
	return (x - 0.5) * Math.log(x) - x + halfLnTwoPi + series;
}

/** The probability that a Poisson variable with this mean is `k` or more. */
export function poissonAtLeast(k: number, mean: number): number {
	if (k <= 0) return 1;
	if (mean <= 0) return 0;
	// The smaller tail is summed, away from the mean.
	if (k > mean) return upperTail(k, mean);
	return 1 - lowerTail(k - 1, mean);
}

function density(k: number, mean: number): number {
	return Math.exp(k * Math.log(mean) - mean - lnFactorial(k));
}

/** P(X >= k) for k > mean. */
function upperTail(k: number, mean: number): number {
	let term = density(k, mean);
	let sum = 0;
	for (let i = k; term > sum * negligible; ) {
		sum += term;
		term *= mean / ++i;
	}
	return sum;
}

/** P(X <= k) for k < mean. */
function lowerTail(k: number, mean: number): number {
	let term = density(k, mean);
	let sum = 0;
	for (let i = k; i >= 0 && term > sum * negligible; i--) {
		sum += term;
		term *= i / mean;
	}
	return sum;
}
