/**
 * Octets that came and are not used up. A decoder appends what comes, uses from `start` on as much as is whole, and says
 * so by moving `start`; `settle` then puts the rest, the beginning of a line or packet, into memory of its own. So a
 * chunk is read where it lies, and only what crosses the border of two chunks is copied.
 */
export class Backlog {
	/** `[start, end)` is what is not used up. */
	octets: Buffer = Buffer.alloc(0);
	start = 0;
	end = 0;
	#own: Buffer = Buffer.alloc(4096);

	append(chunk: Uint8Array): void {
		const held = this.end - this.start;
		if (held === 0) {
			this.octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			this.start = 0;
			this.end = chunk.length;
			return;
		}
		if (this.octets !== this.#own) throw new Error('what was left was not settled');
		if (this.end + chunk.length > this.#own.length) this.#makeRoom(held + chunk.length);
		this.#own.set(chunk, this.end);
		this.end += chunk.length;
	}

	/** To be called when as much as possible is used: afterwards no chunk is referred to. */
	settle(): void {
		const held = this.end - this.start;
		if (held > 0 && this.octets === this.#own) return;
		if (held > this.#own.length) this.#own = Buffer.alloc(2 * held);
		this.octets.copy(this.#own, 0, this.start, this.end);
		this.octets = this.#own;
		this.start = 0;
		this.end = held;
	}

	#makeRoom(bytes: number): void {
		const target = bytes > this.#own.length ? Buffer.alloc(2 * bytes) : this.#own;
		this.#own.copy(target, 0, this.start, this.end);
		this.end -= this.start;
		this.start = 0;
		this.#own = target;
		this.octets = target;
	}
}
