/** Numbers of 16 bits that were seen, a bit each. */
export class NumberSet {
	#bits: Uint32Array | undefined;
	#size = 0;

	get size(): number {
		return this.#size;
	}

	add(number: number): void {
		const bits = (this.#bits ??= new Uint32Array(0x1_0000 / 32));
		const place = number >>> 5;
		const bit = 1 << (number & 31);
		if ((bits[place] & bit) !== 0) return;
		bits[place] |= bit;
		this.#size++;
	}

	/** By rising number. */
	toSet(): Set<number> {
		const numbers = new Set<number>();
		for (const [place, bits] of this.#bits?.entries() ?? []) {
			for (let i = 0; i < 32; i++) if ((bits & (1 << i)) !== 0) numbers.add(place * 32 + i);
		}
		return numbers;
	}

	clear(): void {
		this.#bits?.fill(0);
		this.#size = 0;
	}
}
