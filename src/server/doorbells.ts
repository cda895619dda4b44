import type { MessagePort } from 'node:worker_threads';

/**
 * The mesh between shards: every shard has a port to every other. What a shard hands over during one turn of its event
 * loop travels as one message per target:
 *
 *   [length: 4 octets, little-endian][octets] [length][octets] ...
 *
 * so that a batch of completions wakes a shard up once. It is copied, not transferred: in a thread that has ever detached
 * a buffer V8 checks every access to a typed array. A mailbox has a bound: `mailboxes[shard]` holds the octets that
 * are on their way to a shard; senders add (Atomics), the receiver subtracts. What does not fit is dropped and
 * counted; whoever waits for it has a deadline of its own.
 */
export const mailboxBytesMax = 16 * 1024 * 1024;

const lengthBytes = 4;
const firstCapacityBytes = 4096;

export function createMailboxes(shards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(shards * Int32Array.BYTES_PER_ELEMENT);
}

/** After a shard died: what was on its way to it is lost. */
export function emptyMailbox(mailboxes: SharedArrayBuffer, shard: number): void {
	Atomics.store(new Int32Array(mailboxes), shard, 0);
}

/** What is handed to one shard in this turn. */
class Outbox {
	octets = new Uint8Array(firstCapacityBytes);
	usedBytes = 0;

	add(octets: Uint8Array): void {
		const neededBytes = this.usedBytes + lengthBytes + octets.length;
		if (neededBytes > this.octets.length) {
			const larger = new Uint8Array(Math.max(neededBytes, this.octets.length * 2));
			larger.set(this.octets.subarray(0, this.usedBytes));
			this.octets = larger;
		}
		writeLength(this.octets, this.usedBytes, octets.length);
		this.octets.set(octets, this.usedBytes + lengthBytes);
		this.usedBytes = neededBytes;
	}
}

export class Doorbells {
	readonly #shard: number;
	readonly #onHandOver: (octets: Uint8Array) => void;
	readonly #mailboxes: Int32Array;
	readonly #ports: (MessagePort | undefined)[] = [];
	readonly #outboxes: (Outbox | undefined)[] = [];
	#flush: NodeJS.Immediate | undefined;
	readonly #onDropped: () => void;

	/**
	 * @param onHandOver gets what other shards hand to this one; the octets are its own
	 * @param onDropped is told of each hand-over that did not fit the target's mailbox or had no target
	 */
	constructor(
		shard: number,
		mailboxes: SharedArrayBuffer,
		onHandOver: (octets: Uint8Array) => void,
		onDropped: () => void,
	) {
		this.#shard = shard;
		this.#mailboxes = new Int32Array(mailboxes);
		this.#onHandOver = onHandOver;
		this.#onDropped = onDropped;
	}

	/** The way to another shard, in place of the one to its predecessor. */
	connect(shard: number, port: MessagePort): void {
		this.#ports[shard]?.close();
		this.#ports[shard] = port;
		port.on('message', (message: Uint8Array) => this.#deliver(message));
	}

	/** Copies the octets; they leave when the turn is over. */
	handOver(shard: number, octets: Uint8Array): void {
		const bytes = lengthBytes + octets.length;
		if (Atomics.add(this.#mailboxes, shard, bytes) + bytes > mailboxBytesMax) {
			Atomics.sub(this.#mailboxes, shard, bytes);
			this.#onDropped();
			return;
		}
		(this.#outboxes[shard] ??= new Outbox()).add(octets);
		this.#flush ??= setImmediate(() => this.#send());
	}

	close(): void {
		if (this.#flush) clearImmediate(this.#flush);
		this.#send();
		for (const port of this.#ports) port?.close();
		this.#ports.length = 0;
	}

	#send(): void {
		this.#flush = undefined;
		for (const [shard, outbox] of this.#outboxes.entries()) {
			if (!outbox || outbox.usedBytes === 0) continue;
			const message = outbox.octets.slice(0, outbox.usedBytes);
			outbox.usedBytes = 0;
			const port = this.#ports[shard];
			if (shard === this.#shard) this.#deliver(message);
			else if (port) port.postMessage(message);
			else {
				this.#onDropped();
				Atomics.sub(this.#mailboxes, shard, message.length);
			}
		}
	}

	#deliver(message: Uint8Array): void {
		Atomics.sub(this.#mailboxes, this.#shard, message.length);
		let at = 0;
		while (at < message.length) {
			const start = at + lengthBytes;
			at = start + readLength(message, at);
			this.#onHandOver(message.subarray(start, at));
		}
	}
}

function writeLength(octets: Uint8Array, at: number, length: number): void {
	octets[at] = length;
	octets[at + 1] = length >>> 8;
	octets[at + 2] = length >>> 16;
	octets[at + 3] = length >>> 24;
}

function readLength(octets: Uint8Array, at: number): number {
	return (octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24)) >>> 0;
}
