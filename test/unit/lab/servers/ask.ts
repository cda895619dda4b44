import type { Policy } from '../../../../src/lab/policy.ts';

/** Nothing of it expires. */
export const ever = Number.POSITIVE_INFINITY;

/** Requests whose answers are kept, all of one size. Returns the keys that were missed. */
export function ask(policy: Policy, keys: Iterable<number>, size = 1, expiresMs = ever): number[] {
	const missed: number[] = [];
	for (const key of keys) {
		if (policy.get(key)) continue;
		missed.push(key);
		policy.put(key, size, expiresMs);
	}
	return missed;
}

/** Which of the keys are held. */
export function heldOf(policy: Policy, keys: Iterable<number>): number[] {
	return [...keys].filter((key) => policy.has(key));
}

export function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, i) => from + i);
}
