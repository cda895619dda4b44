/**
 * Octets four at a time. A DataView reads and writes words at any offset, which a typed array cannot, and V8 makes one
 * instruction of it; but a view has to be made for each buffer, and making one allocates. The buffers of messages are
 * few and used for ever (a listener's slots), so the last ones are kept with their views.
 */
const kept = 8;

export class Views {
	#octets: Uint8Array;
	#view: DataView;
	readonly #keptOctets: Uint8Array[] = [];
	readonly #keptViews: DataView[] = [];
	#next = 0;

	constructor() {
		this.#octets = new Uint8Array(0);
		this.#view = viewOf(this.#octets);
	}

	/** A view of all of `octets`; allocates only for a buffer that is not among the last eight. */
	of(octets: Uint8Array): DataView {
		return octets === this.#octets ? this.#view : this.#other(octets);
	}

	#other(octets: Uint8Array): DataView {
		let place = this.#keptOctets.indexOf(octets);
		if (place < 0) {
			place = this.#next;
			this.#next = (this.#next + 1) % kept;
			this.#keptOctets[place] = octets;
			this.#keptViews[place] = viewOf(octets);
		}
		this.#octets = octets;
		this.#view = this.#keptViews[place];
		return this.#view;
	}
}

export function viewOf(octets: Uint8Array): DataView {
	return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** Copies `length` octets between buffers that do not overlap. Touches no octet besides. */
export function copyOctets(
	from: DataView,
	fromStart: number,
	to: DataView,
	toStart: number,
	length: number,
): void {
	const whole = length - 4;
	let i = 0;
	for (; i <= whole; i += 4) to.setInt32(toStart + i, from.getInt32(fromStart + i));
	for (; i < length; i++) to.setInt8(toStart + i, from.getInt8(fromStart + i));
}

const littleEndian = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/**
 * Copies a name twice: as it is to `same`, and to whole words with its ASCII capitals made small (RFC 4343 §3). Up to
 * three octets behind the name come along, to both: where a name is followed by its type and class they are there.
 *
 * An octet is a capital if its lower seven bits are at least 0x41 and below 0x5b and its top bit is clear; the two sums
 * put the answer into the top bit of each octet at once. Length octets are below 0x41 and stay as they are.
 *
 * @param small the octets are written in the order in which they lie in `from`, whatever the processor's order
 */
export function copyName(
	from: DataView,
	fromStart: number,
	same: DataView,
	sameStart: number,
	small: Int32Array,
	length: number,
): void {
	const words = (length + 3) >> 2;
	for (let i = 0; i < words; i++) {
		const word = from.getInt32(fromStart + (i << 2), littleEndian);
		same.setInt32(sameStart + (i << 2), word, littleEndian);
		const low = word & 0x7f7f7f7f;
		const capitals = ((low + 0x3f3f3f3f) ^ (low + 0x25252525)) & ~word & 0x80808080;
		small[i] = word | (capitals >>> 2);
	}
}

/**
 * Makes 0 what stands in the last of `length` octets' words behind them. By words, since a processor that reads a word
 * of which it has just written single octets has to wait until they have left for the cache.
 */
export function clearBehind(words: Int32Array, length: number): void {
	const overBits = (-length & 3) << 3;
	if (overBits > 0) words[length >> 2] &= littleEndian ? -1 >>> overBits : -1 << overBits;
}

/** Whether the octets from `start` on are those of whole words, `length` octets of them. */
export function equalsWords(
	octets: DataView,
	start: number,
	words: Int32Array,
	firstWord: number,
	length: number,
): boolean {
	const whole = length >> 2;
	for (let i = 0; i < whole; i++) {
		if (octets.getInt32(start + (i << 2), littleEndian) !== words[firstWord + i]) return false;
	}
	for (let i = whole << 2; i < length; i++) {
		const shift = littleEndian ? (i & 3) << 3 : 24 - ((i & 3) << 3);
		if (octets.getUint8(start + i) !== ((words[firstWord + whole] >>> shift) & 0xff)) return false;
	}
	return true;
}
