/** Octets of a slot: all its numbers. */
export const slotBytes = 4 + 4 + 2 + 2 + 1;

/** What is known of entries, a place for each slot of a miniature: all tags, then all expiries, and so on. */
export class SlotColumns {
	/** The lower half of a key's hash. */
	readonly tags: Int32Array;
	/** In ticks. */
	readonly expiries: Int32Array;
	/** Bits of a slot of the cache (layout.ts), and others; 0: a dead slot. */
	readonly entries: Uint16Array;
	/** Where the entry would lie in its bucket, in words. */
	readonly offsets: Uint16Array;
	readonly visits: Uint8Array;

	/** @param start a multiple of four */
	constructor(memory: SharedArrayBuffer, start: number, slots: number) {
		this.tags = new Int32Array(memory, start, slots);
		this.expiries = new Int32Array(memory, start + 4 * slots, slots);
		this.entries = new Uint16Array(memory, start + 8 * slots, slots);
		this.offsets = new Uint16Array(memory, start + 10 * slots, slots);
		this.visits = new Uint8Array(memory, start + 12 * slots, slots);
	}

	set(at: number, tag: number, expiresAt: number, entry: number, offset: number, visits: number): void {
		this.tags[at] = tag;
		this.expiries[at] = expiresAt;
		this.entries[at] = entry;
		this.offsets[at] = offset;
		this.visits[at] = visits;
	}

	move(from: number, to: number): void {
		this.set(
			to,
			this.tags[from],
			this.expiries[from],
			this.entries[from],
			this.offsets[from],
			this.visits[from],
		);
	}
}
