/** Keys with their sizes, the oldest first. */
export class SizedQueue {
	readonly #sizes = new Map<number, number>();

	get sum(): number {
		return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
	}

	get isEmpty(): boolean {
		return this.#sizes.size === 0;
	}

	has(key: number): boolean {
		return this.#sizes.has(key);
	}

	/** Puts a key in as the youngest. */
	push(key: number, size: number): void {
		this.#sizes.set(key, size);
	}

	/** Takes a key out. Returns its size. */
	take(key: number): number {
		const size = this.#sizes.get(key)!;
		this.#sizes.delete(key);
		return size;
	}

	/** Takes the oldest out. */
	shift(): [key: number, size: number] {
		const [oldest] = this.#sizes;
		this.#sizes.delete(oldest[0]);
		return oldest;
	}

	/** Puts in the youngest, and takes out the oldest ones until all have room. What has none alone is not put in. */
	remember(key: number, size: number, capacity: number): void {
		if (size > capacity) return;
		this.push(key, size);
		while (this.sum > capacity) this.shift();
	}
}
