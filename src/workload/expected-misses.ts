import { poissonAtLeast } from './poisson.ts';

/** A tail that far from the mean, in standard deviations, is below 1e-16. */
const certain = 9;

/**
 * Misses of one entry among `queries` independent ones, of which each asks for it with probability `share`, where nothing
 * expires: 1 if it is asked for at all.
 */
export function missesWithoutExpiry(share: number, queries: number): number {
	return share >= 1 ? Math.min(1, queries) : -Math.expm1(queries * Math.log1p(-share));
}

/**
 * Expected misses of one entry that is asked for `ratePerSec` times a second, at random (Poisson), from a cold start over
 * `durationSec`, where it is kept for `ttlSec` from each miss on (Jung, Berger, Balakrishnan, INFOCOM 2003).
 *
 * Miss k comes (k - 1) TTLs and k waiting times after the start. It is within the duration if the k waiting times are within
 * what the TTLs leave of it: if k or more queries come in a time of that length.
 */
export function missesWithExpiry(ratePerSec: number, durationSec: number, ttlSec: number): number {
	if (durationSec <= 0 || ratePerSec <= 0) return 0;
	if (ttlSec <= 0) return ratePerSec * durationSec;
	const meanFor = (k: number): number => ratePerSec * (durationSec - (k - 1) * ttlSec);
	const isCertain = (k: number): boolean => {
		const mean = meanFor(k);
		return mean - k > certain * Math.sqrt(mean);
	};
	// The further the miss, the less likely: those that are certain come first, and many they may be.
	let sure = 0;
	let unsure = Math.ceil(durationSec / ttlSec) + 1;
	while (unsure - sure > 1) {
		const middle = Math.floor((sure + unsure) / 2);
		if (isCertain(middle)) sure = middle;
		else unsure = middle;
	}
	let misses = sure;
	for (let k = sure + 1; meanFor(k) > 0; k++) {
		const probability = poissonAtLeast(k, meanFor(k));
		misses += probability;
		if (probability < 1e-12) break;
	}
	return misses;
}
