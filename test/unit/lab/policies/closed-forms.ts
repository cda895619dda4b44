/**
 * Hit ratios that follow without a trace, where each request is for key i with the probability p(i), whatever came before
 * (the independent reference model).
 */

/** LRU, exactly (King 1971): a sum over what the cache may hold, in its order. Only for few keys. */
export function lruExactly(popularity: ArrayLike<number>, capacity: number): number {
	const isHeld = new Array<boolean>(popularity.length).fill(false);
	const below = (depth: number, probability: number, held: number): number => {
		if (depth === capacity) return probability * held;
		let sum = 0;
		for (let key = 0; key < popularity.length; key++) {
			if (isHeld[key]) continue;
			isHeld[key] = true;
			sum += below(depth + 1, (probability * popularity[key]) / (1 - held), held + popularity[key]);
			isHeld[key] = false;
		}
		return sum;
	};
	return below(0, 1, 0);
}

/** LRU by Che's approximation: a key stays for a time that is the same for all, in which `capacity` keys are asked for. */
export function lruByChe(popularity: ArrayLike<number>, capacity: number): number {
	const share = (key: number, time: number): number => 1 - Math.exp(-popularity[key] * time);
	return ratioByStay(popularity, capacity, share);
}

/** FIFO and random by the same approximation: a key that was put in stays for a time that is the same for all. */
export function fifoByStay(popularity: ArrayLike<number>, capacity: number): number {
	const share = (key: number, time: number): number =>
		(popularity[key] * time) / (1 + popularity[key] * time);
	return ratioByStay(popularity, capacity, share);
}

/** @param share of the time that a key is held if it stays for so long; it grows with the stay */
function ratioByStay(
	popularity: ArrayLike<number>,
	capacity: number,
	share: (key: number, stay: number) => number,
): number {
	const sum = (term: (key: number) => number): number => {
		let all = 0;
		for (let key = 0; key < popularity.length; key++) all += term(key);
		return all;
	};
	let low = 0;
	let high = 1;
	while (sum((key) => share(key, high)) < capacity) high *= 2;
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (sum((key) => share(key, middle)) < capacity) low = middle;
		else high = middle;
	}
	return sum((key) => popularity[key] * share(key, high));
}

/**
 * FIFO and random, exactly (Gelenbe 1973): a set of keys is held with a probability in proportion to the product of theirs.
 * Sums of such products over all sets of a size are elementary symmetric polynomials.
 */
export function fifoExactly(popularity: readonly number[], capacity: number): number {
	const whole = symmetricSum(popularity, capacity);
	return popularity.reduce((sum, own, key) => {
		const others = popularity.filter((_, other) => other !== key);
		return sum + (own * own * symmetricSum(others, capacity - 1)) / whole;
	}, 0);
}

function symmetricSum(values: readonly number[], size: number): number {
	const sums = [1, ...new Array<number>(size).fill(0)];
	for (const value of values) {
		for (let taken = size; taken > 0; taken--) sums[taken] += value * sums[taken - 1];
	}
	return sums[size];
}

/** What no policy that knows only the past can exceed: always to hold the keys that are asked for most. */
export function topShare(popularity: ArrayLike<number>, capacity: number): number {
	return Array.from(popularity)
		.sort((one, other) => other - one)
		.slice(0, capacity)
		.reduce((sum, own) => sum + own, 0);
}

/**
 * Without bounds, where an entry lasts `ttlSec` from when it was put in, and requests for each key come at random times
 * (Jung, Berger, Balakrishnan, INFOCOM 2003).
 */
export function ttlRatio(popularity: ArrayLike<number>, ratePerSec: number, ttlSec: number): number {
	let sum = 0;
	for (let key = 0; key < popularity.length; key++) {
		const asked = popularity[key] * ratePerSec * ttlSec;
		sum += (popularity[key] * asked) / (1 + asked);
	}
	return sum;
}
