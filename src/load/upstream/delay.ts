import type { Random } from '../../util/random.ts';
import { uniformOf } from './chance.ts';

/**
 * How long an answer waits. Distributions of real servers have long tails; two numbers that can be read off a measurement
 * give each: a median and a 99th percentile, or a shortest time and a 99th percentile.
 */
export type Delay =
	| { readonly kind: 'fixed'; readonly ms: number }
	| { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
	| { readonly kind: 'exponential'; readonly meanMs: number }
	/** The logarithm is normal. */
	| { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
	/** Never below `leastMs`; beyond it the share above x falls as x to the power of -`shape`. */
	| { readonly kind: 'pareto'; readonly leastMs: number; readonly shape: number }
	/** Mostly the one, else the other. */
	| {
			readonly kind: 'bimodal';
			readonly mostMs: number;
			readonly otherMs: number;
			readonly otherShare: number;
	  };

/** No answer waits longer, whatever its distribution says. */
export const maxDelayMs = 60_000;

/** The 99th percentile of the standard normal distribution. */
const normal99 = 2.326_347_874_040_841;

export function lognormalDelay(medianMs: number, p99Ms: number): Delay {
	return { kind: 'lognormal', medianMs, sigma: Math.log(p99Ms / medianMs) / normal99 };
}

export function paretoDelay(leastMs: number, p99Ms: number): Delay {
	return { kind: 'pareto', leastMs, shape: Math.log(100) / Math.log(p99Ms / leastMs) };
}

function sample(delay: Delay, random: Random): number {
	switch (delay.kind) {
		case 'fixed':
			return delay.ms;
		case 'uniform':
			return delay.fromMs + uniformOf(random) * (delay.toMs - delay.fromMs);
		case 'exponential':
			return -Math.log(uniformOf(random)) * delay.meanMs;
		case 'lognormal': {
			// Box and Muller (1958), one of the two numbers.
			const radius = Math.sqrt(-2 * Math.log(uniformOf(random)));
			const normal = radius * Math.cos(2 * Math.PI * uniformOf(random));
			return delay.medianMs * Math.exp(delay.sigma * normal);
		}
		case 'pareto':
			return delay.leastMs * uniformOf(random) ** (-1 / delay.shape);
		case 'bimodal':
			return uniformOf(random) <= delay.otherShare ? delay.otherMs : delay.mostMs;
	}
}

/** One delay in milliseconds, 0 to `maxDelayMs`. */
export function sampleDelayMs(delay: Delay, random: Random): number {
	return Math.min(sample(delay, random), maxDelayMs);
}
