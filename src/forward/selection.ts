import { type Random, randomBelow } from '../util/random.ts';
import { maxUpstreams, type UpstreamStates, upstreamStride } from './upstream-state.ts';

/** What selection needs to know of a `forward`. */
export interface SelectableForward {
	/** Its number over all server blocks. */
	readonly number: number;
	/** How many upstreams it has now. */
	count: number;
	readonly policy: 'random' | 'round_robin' | 'sequential';
	readonly maxFails: number;
	readonly failfast: boolean;
}

/** How often each upstream of a forward was tried for one question; place by place. */
export type Tries = Uint8Array;

export function newTries(): Tries {
	return new Uint8Array(maxUpstreams);
}

/** The place in the list where a question's first try goes, by policy. */
export function firstPlace(forward: SelectableForward, states: UpstreamStates, random: Random): number {
	if (forward.count <= 1 || forward.policy === 'sequential') return 0;
	if (forward.policy === 'random') return randomBelow(random, forward.count);
	return states.nextTurn(forward.number) % forward.count;
}

/**
 * The upstream to try next, from `start` around the list: of those that are up the least tried, else (unless the
 * forward fails fast) of those that are down one at random. -1: none is left below `maxTries`.
 */
export function nextUpstream(
	forward: SelectableForward,
	states: UpstreamStates,
	tries: Tries,
	start: number,
	maxTries: number,
	random: Random,
): number {
	const base = forward.number * upstreamStride;
	let best = -1;
	for (let i = 0; i < forward.count; i++) {
		const place = (start + i) % forward.count;
		if (tries[place] >= maxTries || states.isDown(base + place, forward.maxFails)) continue;
		if (best < 0 || tries[place] < tries[best]) best = place;
	}
	if (best >= 0) return base + best;
	if (forward.failfast) return -1;
	const from = forward.count > 1 ? randomBelow(random, forward.count) : 0;
	for (let i = 0; i < forward.count; i++) {
		const place = (from + i) % forward.count;
		if (tries[place] < maxTries) return base + place;
	}
	return -1;
}
