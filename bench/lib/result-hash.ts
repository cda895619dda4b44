/**
 * Adds up what a benchmark computed, so that the work can neither be optimised away nor change unnoticed: the same
 * parameters give the same hash on every machine. Never add a time.
 */
export class ResultHash {
	#hash = 0x811c9dc5;

	add(value: number): void {
		for (let shift = 0; shift < 32; shift += 8) {
			this.#hash = Math.imul(this.#hash ^ ((value >>> shift) & 0xff), 0x01000193);
		}
	}

	get text(): string {
		return (this.#hash >>> 0).toString(16).padStart(8, '0');
	}
}
