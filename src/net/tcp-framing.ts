/**
 * DNS messages out of a stream of octets: each is preceded by its length in two octets (RFC 1035 §4.2.2).
 * Chunks may end anywhere. A message that lies whole in a chunk is not copied; one that spans chunks is
 * gathered in a buffer that doubles as octets come in, so that the work is linear and a sender who announces
 * 65,535 octets and stops holds a few hundred.
 *
 *   framing.push(chunk);
 *   while (framing.next()) use(framing.octets, framing.start, framing.length);
 *
 * Pulling lets the reader stop between two messages: the rest of the chunk waits in here.
 */
const lengthBytes = 2;
const firstPartialBytes = 512;
/** A gathering buffer larger than this is let go after its message. */
const keptPartialBytes = 4096;
const maxFramedBytes = lengthBytes + 0xffff;
const nothing = new Uint8Array(0);

export class MessageFraming {
	/** The current message is `octets[start, start + length)`, until the next call of `next` or `push`. */
	octets: Uint8Array = nothing;
	start = 0;
	length = 0;
	/** Messages taken out so far. */
	taken = 0;
	#chunk: Uint8Array = nothing;
	#chunkAt = 0;
	#partial: Uint8Array = nothing;
	#partialCount = 0;

	/** Whether octets wait in here: the beginning of a message, or messages that were not pulled yet. */
	get pending(): boolean {
		return this.#partialCount > 0 || this.#chunkAt < this.#chunk.length;
	}

	/** Takes the next octets of the stream. The chunk belongs to the framing from now on. */
	push(chunk: Uint8Array): void {
		const rest = this.#chunk.length - this.#chunkAt;
		this.#chunk = rest === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#chunkAt), chunk]);
		this.#chunkAt = 0;
	}

	/** Makes the next complete message the current one; false if there is none yet. */
	next(): boolean {
		if (this.#partialCount > 0) return this.#gather();
		const chunk = this.#chunk;
		const at = this.#chunkAt;
		if (at === chunk.length) return this.#spent();
		if (at + lengthBytes > chunk.length) return this.#gather();
		const length = (chunk[at] << 8) | chunk[at + 1];
		const end = at + lengthBytes + length;
		if (end > chunk.length) return this.#gather();
		this.#chunkAt = end;
		return this.#current(chunk, at + lengthBytes, length);
	}

	#gather(): boolean {
		while (this.#partialCount < lengthBytes) {
			if (this.#chunkAt === this.#chunk.length) return this.#spent();
			this.#append(1);
		}
		const length = (this.#partial[0] << 8) | this.#partial[1];
		const missing = lengthBytes + length - this.#partialCount;
		const available = this.#chunk.length - this.#chunkAt;
		this.#append(Math.min(missing, available));
		if (missing > available) return this.#spent();
		const partial = this.#partial;
		this.#partialCount = 0;
		if (partial.length > keptPartialBytes) this.#partial = nothing;
		return this.#current(partial, lengthBytes, length);
	}

	#append(count: number): void {
		const needed = this.#partialCount + count;
		if (needed > this.#partial.length) {
			const doubled = Math.min(Math.max(this.#partial.length * 2, firstPartialBytes), maxFramedBytes);
			const grown = new Uint8Array(Math.max(doubled, needed));
			grown.set(this.#partial.subarray(0, this.#partialCount));
			this.#partial = grown;
		}
		this.#partial.set(this.#chunk.subarray(this.#chunkAt, this.#chunkAt + count), this.#partialCount);
		this.#partialCount = needed;
		this.#chunkAt += count;
	}

	#current(octets: Uint8Array, start: number, length: number): true {
		this.octets = octets;
		this.start = start;
		this.length = length;
		this.taken++;
		return true;
	}

	/** Lets go of the chunk, which may be a slice of something large. */
	#spent(): false {
		this.#chunk = nothing;
		this.#chunkAt = 0;
		this.octets = nothing;
		return false;
	}
}

/** A new buffer with the two-octet length and a copy of `octets[start, start + length)`. */
export function framed(octets: Uint8Array, start: number, length: number): Uint8Array {
	const buffer = Buffer.allocUnsafe(lengthBytes + length);
	buffer[0] = length >>> 8;
	buffer[1] = length;
	buffer.set(octets.subarray(start, start + length), lengthBytes);
	return buffer;
}

const firstFramesBytes = 4096;

/** Gathers messages, each behind its length, into one buffer for one write. */
export class FrameWriter {
	/** Octets gathered since the last `take`. */
	bytes = 0;
	#buffer: Uint8Array = nothing;

	/** Copies a message. */
	add(octets: Uint8Array, start: number, length: number): void {
		const needed = this.bytes + lengthBytes + length;
		if (needed > this.#buffer.length) this.#grow(needed);
		const buffer = this.#buffer;
		let at = this.bytes;
		buffer[at++] = length >>> 8;
		buffer[at++] = length;
		for (let i = 0; i < length; i++) buffer[at + i] = octets[start + i];
		this.bytes = needed;
	}

	/** What was gathered; it belongs to the caller. */
	take(): Uint8Array {
		const taken = this.#buffer.subarray(0, this.bytes);
		this.#buffer = nothing;
		this.bytes = 0;
		return taken;
	}

	#grow(neededBytes: number): void {
		const larger = Buffer.allocUnsafeSlow(Math.max(neededBytes, firstFramesBytes, this.#buffer.length * 2));
		larger.set(this.#buffer.subarray(0, this.bytes));
		this.#buffer = larger;
	}
}
