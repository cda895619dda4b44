/**
 * What a worker tells the main thread of each slot and each stray datagram: six words in a chunk that changes hands when it
 * is full or old. The worker writes words and does nothing else with them; histograms are filled on the main thread.
 *
 *   word 0  second of the round that it belongs to: of a slot when it was due, of a stray datagram when it came
 *   word 1  kind | rcode << 8 | TC << 16 | warm-up << 17
 *   word 2  latency from when it was due, µs (a run of `notOffered`: how many)
 *   word 3  latency from when it was sent, µs
 *   word 4  lag: from due to sent, µs
 *   word 5  octets of the query | octets of the reply << 16
 */
export const eventWords = 6;

export const eventKind = {
	answered: 0,
	late: 1,
	lost: 2,
	sendError: 3,
	notOffered: 4,
	duplicate: 5,
	mismatched: 6,
	unknown: 7,
} as const;

/** Bits of word 1. */
export const truncatedBit = 0x1_0000;
export const warmupBit = 0x2_0000;

/** Events of one chunk. At 100,000 a second one is full twelve times a second. */
export const chunkEvents = 8192;
/** A chunk that is not full goes all the same when it is so old. */
export const chunkMaxMs = 200;

/** What one worker sends: events, and up to where its intervals are complete. */
export interface Chunk {
	readonly words: Int32Array;
	readonly events: number;
	/** Ms from the round's start; every slot that was due before has its event here or in an earlier chunk. */
	readonly completeMs: number;
	readonly handshakes: { readonly tookUs: readonly number[]; readonly failed: number } | undefined;
}

/** Where the generator writes what happened. */
export interface EventSink {
	add(
		second: number,
		kindAndMore: number,
		latencyUs: number,
		sinceSentUs: number,
		lagUs: number,
		octets: number,
	): void;
}

/** Gathers events into chunks and gives each away. */
export class EventChunks implements EventSink {
	readonly #give: (words: Int32Array<ArrayBuffer>, events: number) => void;
	#words = new Int32Array(chunkEvents * eventWords);
	#count = 0;

	constructor(give: (words: Int32Array<ArrayBuffer>, events: number) => void) {
		this.#give = give;
	}

	add(
		second: number,
		kindAndMore: number,
		latencyUs: number,
		sinceSentUs: number,
		lagUs: number,
		octets: number,
	): void {
		const words = this.#words;
		const at = this.#count * eventWords;
		words[at] = second;
		words[at + 1] = kindAndMore;
		words[at + 2] = latencyUs;
		words[at + 3] = sinceSentUs;
		words[at + 4] = lagUs;
		words[at + 5] = octets;
		if (++this.#count === chunkEvents) this.flush();
	}

	flush(): void {
		const words = this.#words;
		const count = this.#count;
		this.#words = new Int32Array(chunkEvents * eventWords);
		this.#count = 0;
		this.#give(words, count);
	}
}
