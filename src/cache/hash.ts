/**
 * HalfSipHash-1-3 with a 64-bit result: a keyed hash on 32-bit words. The key is a secret of the process, so that
 * nobody outside can choose names that fall into one bucket. A match of hashes proves nothing: the whole key is
 * compared afterwards.
 *
 * (Aumasson and Bernstein's SipHash with words of 32 bits; one round a word, three to finish.) The state is four local
 * variables and the rounds are written out, so that it stays in registers from the first word to the last.
 */
export class KeyedHash {
	readonly #k0: number;
	readonly #k1: number;
	/** The result of the last `update`: two 32-bit words, as signed numbers. */
	high = 0;
	low = 0;

	constructor(secret: readonly [number, number]) {
		this.#k0 = secret[0] | 0;
		this.#k1 = secret[1] | 0;
	}

	/** Hashes `words[0, wordCount)`, of which `byteCount` octets count; octets behind them must be zero. */
	update(words: Int32Array, wordCount: number, byteCount: number): void {
		let v0 = this.#k0;
		let v1 = this.#k1 ^ 0xee;
		let v2 = 0x6c796765 ^ v0;
		let v3 = 0x74656462 ^ this.#k1;
		for (let i = 0; i <= wordCount; i++) {
			const word = i < wordCount ? words[i] : byteCount << 24;
			v3 ^= word;
			v0 = (v0 + v1) | 0;
			v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
			v2 = (v2 + v3) | 0;
			v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
			v0 = (((v0 << 16) | (v0 >>> 16)) + v3) | 0;
			v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
			v2 = (v2 + v1) | 0;
			v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
			v2 = (v2 << 16) | (v2 >>> 16);
			v0 ^= word;
		}
		v2 ^= 0xee;
		for (let i = 1; i <= 6; i++) {
			v0 = (v0 + v1) | 0;
			v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
			v2 = (v2 + v3) | 0;
			v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
			v0 = (((v0 << 16) | (v0 >>> 16)) + v3) | 0;
			v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
			v2 = (v2 + v1) | 0;
			v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
			v2 = (v2 << 16) | (v2 >>> 16);
			if (i === 3) {
				this.low = v1 ^ v3;
				v1 ^= 0xdd;
			}
		}
		this.high = v1 ^ v3;
	}
}
