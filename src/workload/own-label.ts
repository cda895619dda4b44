import { keyOf, scatter } from './hash.ts';
import { sameLetters } from './same-question.ts';

/**
 * A label that no other query has. It is made of a serial number and the seed, both whole, so that no two serial numbers of
 * one seed, and no two seeds, give the same:
 *
 *   octet  0    1   2                      9          16
 *          | 15 | x | serial number        | seed     |      seven characters each, five bits a character: 0-9 a-v
 *
 * The serial number is scattered, so that labels that follow each other differ in all places, as random ones do. Octets are
 * made and compared four at a time, in registers: a word that was written octet by octet a moment ago is slow to read.
 */
export const ownLabelBytes = 16;

const characters = 7;
const lengthAndX = ((ownLabelBytes - 1) << 24) | ('x'.charCodeAt(0) << 16);

/** The characters for four values below 32, one an octet. What is 10 or more is a letter, 39 further on. */
function spell(values: number): number {
	const letters = ((values + 0x76767676) >>> 7) & 0x01010101;
	return values + 0x30303030 + letters * 39;
}

/** Labels of one seed. */
export class OwnLabels {
	readonly #key: number;
	readonly #seedWord: number;
	readonly #lastWord: number;

	constructor(seed: number) {
		this.#key = keyOf(seed, 0);
		const values = Array.from({ length: characters }, (_, i) => (seed >>> (5 * i)) & 31);
		this.#seedWord = spell((values[0] << 16) | (values[1] << 8) | values[2]) & 0xff_ffff;
		this.#lastWord = spell((values[3] << 24) | (values[4] << 16) | (values[5] << 8) | values[6]);
	}

	/** Writes the label, its length included, `ownLabelBytes` octets. */
	write(serial: number, target: DataView, at: number): void {
		const bits = scatter(serial ^ this.#key);
		target.setInt32(at, this.#first(bits));
		target.setInt32(at + 4, this.#second(bits));
		target.setInt32(at + 8, this.#third(bits));
		target.setInt32(at + 12, this.#lastWord);
	}

	/** Whether it stands there, in whatever case. */
	standsAt(serial: number, octets: DataView, at: number): boolean {
		const bits = scatter(serial ^ this.#key);
		return (
			sameLetters(octets.getInt32(at), this.#first(bits)) &&
			sameLetters(octets.getInt32(at + 4), this.#second(bits)) &&
			sameLetters(octets.getInt32(at + 8), this.#third(bits)) &&
			sameLetters(octets.getInt32(at + 12), this.#lastWord)
		);
	}

	#first(bits: number): number {
		return lengthAndX | (spell(((bits & 31) << 8) | ((bits >>> 5) & 31)) & 0xffff);
	}

	#second(bits: number): number {
		return spell(
			(((bits >>> 10) & 31) << 24) |
				(((bits >>> 15) & 31) << 16) |
				(((bits >>> 20) & 31) << 8) |
				((bits >>> 25) & 31),
		);
	}

	#third(bits: number): number {
		return (spell((bits >>> 30) << 24) & 0xff00_0000) | this.#seedWord;
	}
}
