/**
 * LRU by its stack (Mattson et al., 1970): how many requests hit at each stack distance from 1 on, as if for caches of all
 * sizes at once. A cache of n entries hits those of the first n distances.
 *
 * @param distanceMax hits further down are not counted
 */
export function hitsByDistance(keys: Iterable<number>, distanceMax: number): number[] {
	const stack: number[] = [];
	const hits = new Array<number>(distanceMax).fill(0);
	for (const key of keys) {
		const depth = stack.indexOf(key);
		if (depth >= 0) {
			hits[depth]++;
			stack.splice(depth, 1);
		}
		stack.unshift(key);
		if (stack.length > distanceMax) stack.pop();
	}
	return hits;
}
