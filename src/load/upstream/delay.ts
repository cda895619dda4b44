import { type Random, randomBelow } from '../../util/random.ts';

/** How long an answer waits: always as long, evenly spread, or exponentially with a mean. */
export type Delay =
	| { readonly kind: 'fixed'; readonly ms: number }
	| { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
	| { readonly kind: 'exponential'; readonly meanMs: number };

/** No answer waits longer, whatever its distribution says. */
export const maxDelayMs = 60_000;

/** One delay in milliseconds, 0 to `maxDelayMs`. */
export function sampleDelayMs(delay: Delay, random: Random): number {
	switch (delay.kind) {
		case 'fixed':
			return Math.min(delay.ms, maxDelayMs);
		case 'uniform':
			return Math.min(delay.fromMs + randomBelow(random, delay.toMs - delay.fromMs + 1), maxDelayMs);
		case 'exponential': {
			const uniform = (random.nextUint32() + 1) / 0x1_0000_0000;
			return Math.min(-Math.log(uniform) * delay.meanMs, maxDelayMs);
		}
	}
}
