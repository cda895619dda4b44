import assert from 'node:assert/strict';
import { zipfWeights } from '../../../../src/workload/zipf.ts';

/** How often keys are asked for, as shares of all. */
export function zipfPopularity(count: number, exponent: number): number[] {
	const weights = zipfWeights(count, exponent);
	const sum = weights.reduce((all, weight) => all + weight, 0);
	return Array.from(weights, (weight) => weight / sum);
}

export interface Sample {
	readonly mean: number;
	/** Of the mean. */
	readonly standardError: number;
}

const batches = 50;

/**
 * A hit ratio and its standard error. What a cache holds hangs together over many requests: the error is that of means of
 * long batches, which hardly do.
 *
 * @param next makes one request and says whether it is a hit
 */
export function sample(warmup: number, requests: number, next: () => boolean): Sample {
	for (let request = 0; request < warmup; request++) next();
	const perBatch = Math.floor(requests / batches);
	const means = Array.from({ length: batches }, () => {
		let hits = 0;
		for (let request = 0; request < perBatch; request++) if (next()) hits++;
		return hits / perBatch;
	});
	const mean = means.reduce((sum, one) => sum + one, 0) / batches;
	const variance = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (batches - 1);
	return { mean, standardError: Math.sqrt(variance / batches) };
}

/** Within three standard errors, which must be small enough to say something. */
export function assertNear({ mean, standardError }: Sample, expected: number, what: string): void {
	assert.ok(standardError < 0.002, `${what}: a standard error of ${standardError}`);
	assert.ok(
		Math.abs(mean - expected) <= 3 * standardError,
		`${what}: ${mean} ± ${standardError}, expected ${expected}`,
	);
}
