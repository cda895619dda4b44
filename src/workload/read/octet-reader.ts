/** Octets that come in pieces, taken by number. */
export class OctetReader {
	readonly #source: AsyncIterator<Uint8Array>;
	#piece: Uint8Array = new Uint8Array(0);
	#isCut = false;

	constructor(source: AsyncIterable<Uint8Array>) {
		this.#source = source[Symbol.asyncIterator]();
	}

	/** More octets were wanted than came. */
	get isCut(): boolean {
		return this.#isCut;
	}

	/** Whether there is another octet. */
	async hasMore(): Promise<boolean> {
		while (this.#piece.length === 0) {
			const { value, done } = await this.#source.next();
			if (done) return false;
			this.#piece = value;
		}
		return true;
	}

	/** The next octets, in pieces as they come; fewer if it is cut. */
	async *pass(bytes: number): AsyncGenerator<Uint8Array, void, void> {
		for (let left = bytes; left > 0; ) {
			if (!(await this.hasMore())) {
				this.#isCut = true;
				return;
			}
			const part = this.#piece.subarray(0, left);
			this.#piece = this.#piece.subarray(part.length);
			left -= part.length;
			yield part;
		}
	}

	/** The next octets in one piece; fewer if it is cut. */
	async take(bytes: number): Promise<Buffer> {
		const taken = Buffer.alloc(bytes);
		let count = 0;
		// A piece is its source's again when the next is asked for.
		for await (const part of this.pass(bytes)) {
			taken.set(part, count);
			count += part.length;
		}
		return taken.subarray(0, count);
	}

	/** Lets go of the source. If somebody still waits for its octets, it ends when they have come. */
	close(): void {
		this.#source.return?.().catch(() => {});
	}
}
