/**
 * HalfSipHash-1-3 with a 64-bit result: a keyed hash on 32-bit words. The key is a secret of the process, so that
 * nobody outside can choose names that fall into one bucket. A match of hashes proves nothing: the whole key is
 * compared afterwards.
 *
 * (Aumasson and Bernstein's SipHash with words of 32 bits; one round a word, three to finish.)
 */
export class KeyedHash {
	readonly #k0: number;
	readonly #k1: number;
	/** The result of the last `update`: two 32-bit words, as signed numbers. */
	high = 0;
	low = 0;
	#v0 = 0;
	#v1 = 0;
	#v2 = 0;
	#v3 = 0;

	constructor(secret: readonly [number, number]) {
		this.#k0 = secret[0] | 0;
		this.#k1 = secret[1] | 0;
	}

	/** Hashes `words[0, wordCount)`, of which `byteCount` octets count; octets behind them must be zero. */
	update(words: Int32Array, wordCount: number, byteCount: number): void {
		this.#v0 = this.#k0;
		this.#v1 = this.#k1 ^ 0xee;
		this.#v2 = 0x6c796765 ^ this.#k0;
		this.#v3 = 0x74656462 ^ this.#k1;
		for (let i = 0; i < wordCount; i++) {
			this.#v3 ^= words[i];
			this.#round();
			this.#v0 ^= words[i];
		}
		const last = byteCount << 24;
		this.#v3 ^= last;
		this.#round();
		this.#v0 ^= last;
		this.#v2 ^= 0xee;
		this.#round();
		this.#round();
		this.#round();
		this.low = this.#v1 ^ this.#v3;
		this.#v1 ^= 0xdd;
		this.#round();
		this.#round();
		this.#round();
		this.high = this.#v1 ^ this.#v3;
	}

	#round(): void {
		let v0 = (this.#v0 + this.#v1) | 0;
		let v1 = ((this.#v1 << 5) | (this.#v1 >>> 27)) ^ v0;
		v0 = (v0 << 16) | (v0 >>> 16);
		let v2 = (this.#v2 + this.#v3) | 0;
		let v3 = ((this.#v3 << 8) | (this.#v3 >>> 24)) ^ v2;
		v0 = (v0 + v3) | 0;
		v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
		v2 = (v2 + v1) | 0;
		v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
		v2 = (v2 << 16) | (v2 >>> 16);
		this.#v0 = v0;
		this.#v1 = v1;
		this.#v2 = v2;
		this.#v3 = v3;
	}
}
