/** The items of batches, one after the other. A generator would wait twice for each item. */
export class Batches<T> implements AsyncIterator<T> {
	readonly #source: AsyncGenerator<readonly T[], void, void>;
	#batch: readonly T[] = [];
	#next = 0;

	constructor(source: AsyncGenerator<readonly T[], void, void>) {
		this.#source = source;
	}

	next(): Promise<IteratorResult<T>> {
		return this.#next < this.#batch.length
			? Promise.resolve({ value: this.#batch[this.#next++], done: false })
			: this.#nextBatch();
	}

	async return(): Promise<IteratorResult<T>> {
		this.#batch = [];
		await this.#source.return();
		return { value: undefined, done: true };
	}

	async #nextBatch(): Promise<IteratorResult<T>> {
		for (;;) {
			const { value, done } = await this.#source.next();
			if (done) return { value: undefined, done: true };
			if (value.length === 0) continue;
			this.#batch = value;
			this.#next = 1;
			return { value: value[0], done: false };
		}
	}
}
