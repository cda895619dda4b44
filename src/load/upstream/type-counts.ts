import type { CountKey } from './name-tally.ts';

/** Types below this have a place of their own: all that are in use but CAA and its like. */
const lowTypes = 256;

/** Counts by type and transport. */
export class TypeCounts {
	readonly #low = new Float64Array(2 * lowTypes);
	readonly #high = new Map<CountKey, number>();

	add(key: CountKey): void {
		if (key < this.#low.length) this.#low[key]++;
		else this.#high.set(key, (this.#high.get(key) ?? 0) + 1);
	}

	visit(visit: (key: CountKey, count: number) => void): void {
		for (const [key, count] of this.#low.entries()) if (count > 0) visit(key, count);
		for (const [key, count] of this.#high) visit(key, count);
	}

	clear(): void {
		this.#low.fill(0);
		this.#high.clear();
	}
}
