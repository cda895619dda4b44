/**
 * Entries in the order in which their time runs out, which is the order in which they were due. A ring that doubles when it
 * is full; a record whose entry has meanwhile been used for another query is known by its due time and passed over.
 */
const firstCapacity = 4096;

export class DueQueue {
	#entries = new Uint32Array(firstCapacity);
	#dueMs = new Float64Array(firstCapacity);
	#mask = firstCapacity - 1;
	/** Counts since the start, not places. */
	#added = 0;
	#taken = 0;

	add(entry: number, dueMs: number): void {
		if (this.#added - this.#taken > this.#mask) this.#grow();
		const place = this.#added++ & this.#mask;
		this.#entries[place] = entry;
		this.#dueMs[place] = dueMs;
	}

	get empty(): boolean {
		return this.#added === this.#taken;
	}

	/** When the first was due. Infinity: there is none. */
	get firstDueMs(): number {
		return this.empty ? Number.POSITIVE_INFINITY : this.#dueMs[this.#taken & this.#mask];
	}

	/** The first; only where there is one. */
	get firstEntry(): number {
		return this.#entries[this.#taken & this.#mask];
	}

	/** Takes out the first. */
	drop(): void {
		this.#taken++;
	}

	#grow(): void {
		const count = this.#added - this.#taken;
		const entries = new Uint32Array(2 * (this.#mask + 1));
		const dueMs = new Float64Array(entries.length);
		for (let i = 0; i < count; i++) {
			entries[i] = this.#entries[(this.#taken + i) & this.#mask];
			dueMs[i] = this.#dueMs[(this.#taken + i) & this.#mask];
		}
		this.#entries = entries;
		this.#dueMs = dueMs;
		this.#mask = entries.length - 1;
		this.#taken = 0;
		this.#added = count;
	}
}
