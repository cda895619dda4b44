/**
 * What a recording is on its way over the control socket: a line of JSON (`RecordingHead`), then frames until the end of the
 * stream. Both ends run on one machine, so numbers are in its order of octets.
 *
 *   frame    octets of the records | records lost so far, modulo 2^32 | records
 *            0 (32 bits)             4 (32 bits)                        8
 *
 * Records are those of engine/log-ring.ts, fillers among them, as they lay in a shard's ring. A frame without any says that the
 * recording goes on.
 */
export const frameHeadBytes = 8;
/** A ring's worth, and some: what claims to be larger is no frame. */
const payloadBytesMax = 16 * 1024 * 1024;

/** What stands before the frames. */
export interface RecordingHead {
	readonly schema: number;
	readonly version: string;
	/** Milliseconds since 1970 at the 0 of the times in records. */
	readonly epoch_ms: number;
}

export interface Frame {
	readonly lostCount: number;
	/** Aligned to eight octets, with an `ArrayBuffer` of its own. */
	readonly records: Uint8Array<ArrayBuffer>;
}

/** A frame with room for records, at `frameHeadBytes`. */
export function newFrame(recordBytes: number, lostCount: number): Uint8Array<ArrayBuffer> {
	const octets = new Uint8Array(frameHeadBytes + recordBytes);
	new Uint32Array(octets.buffer, 0, 2).set([recordBytes, lostCount]);
	return octets;
}

/** Puts frames together from octets that are cut anywhere. */
export class FrameReader {
	readonly #head = new Uint8Array(frameHeadBytes);
	#headBytes = 0;
	#records: Uint8Array<ArrayBuffer> | undefined;
	#recordBytes = 0;

	/** No frame was begun that is not whole. */
	get isBetweenFrames(): boolean {
		return this.#headBytes === 0;
	}

	/** The frames that end within `chunk`. Throws a `RangeError` for what is none. */
	*read(chunk: Uint8Array): Generator<Frame, void, void> {
		for (let at = 0; at < chunk.length; ) {
			if (this.#records === undefined) {
				const taken = Math.min(frameHeadBytes - this.#headBytes, chunk.length - at);
				this.#head.set(chunk.subarray(at, at + taken), this.#headBytes);
				this.#headBytes += taken;
				at += taken;
				if (this.#headBytes < frameHeadBytes) return;
				this.#begin();
			}
			const records = this.#records!;
			const taken = Math.min(records.length - this.#recordBytes, chunk.length - at);
			records.set(chunk.subarray(at, at + taken), this.#recordBytes);
			this.#recordBytes += taken;
			at += taken;
			if (this.#recordBytes < records.length) return;
			const [, lostCount] = new Uint32Array(this.#head.buffer, 0, 2);
			this.#records = undefined;
			this.#headBytes = 0;
			yield { lostCount, records };
		}
	}

	#begin(): void {
		const [bytes] = new Uint32Array(this.#head.buffer, 0, 2);
		if (bytes > payloadBytesMax || bytes % 8 !== 0) throw new RangeError(`a frame of ${bytes} octets`);
		this.#records = new Uint8Array(bytes);
		this.#recordBytes = 0;
	}
}
