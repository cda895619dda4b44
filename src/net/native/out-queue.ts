import type { BatchMemory } from './batch-memory.ts';
import type { NativeBinding, NativeHandle } from './binding.ts';

/**
 * Messages that leave when the turn is over, those of one socket in one system call: queries to upstreams, and replies to
 * clients that waited. A queue that is full is sent at once.
 */
export class OutQueue {
	readonly #binding: NativeBinding;
	readonly #memory: BatchMemory;
	readonly #onFailed: (handle: NativeHandle, errno: number) => void;
	readonly #slots: number;
	readonly #slotBytes: number;
	readonly #addressWords: number;
	#count = 0;

	/** @param onFailed is told, in a later turn, of connected sockets that are of no use any more */
	constructor(
		binding: NativeBinding,
		memory: BatchMemory,
		onFailed: (handle: NativeHandle, errno: number) => void,
	) {
		this.#binding = binding;
		this.#memory = memory;
		this.#onFailed = onFailed;
		this.#slots = memory.layout.outSlots;
		this.#slotBytes = memory.layout.txStride;
		this.#addressWords = memory.layout.addressWords;
	}

	/** Queues a copy of the octets for a connected socket; false if they are too many for a datagram of ours. */
	add(handle: NativeHandle, octets: Uint8Array, start: number, length: number): boolean {
		if (length > this.#slotBytes) return false;
		if (this.#count === this.#slots) this.flush();
		const slot = this.#count++;
		const { out, outLength, outSocket } = this.#memory;
		outSocket[slot] = handle;
		outLength[slot] = length;
		const at = slot * this.#slotBytes;
		for (let i = 0; i < length; i++) out[at + i] = octets[start + i];
		return true;
	}

	/** The same to an address: `addressWords` words of `addresses`, as a listener received them. */
	addTo(
		handle: NativeHandle,
		addresses: Int32Array,
		addressAt: number,
		octets: Uint8Array,
		start: number,
		length: number,
	): boolean {
		if (!this.add(handle, octets, start, length)) return false;
		const { outAddresses } = this.#memory;
		const at = (this.#count - 1) * this.#addressWords;
		for (let i = 0; i < this.#addressWords; i++) outAddresses[at + i] = addresses[addressAt + i];
		return true;
	}

	flush(): void {
		if (this.#count === 0) return;
		const failures = this.#binding.flush(this.#count);
		this.#count = 0;
		if (failures > 0) this.#report(failures);
	}

	#report(failures: number): void {
		const pairs = this.#memory.failed.slice(0, 2 * failures);
		setImmediate(() => {
			for (let i = 0; i < pairs.length; i += 2) this.#onFailed(pairs[i], pairs[i + 1]);
		});
	}
}
