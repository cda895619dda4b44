import { ClientRefs } from '../client-refs.ts';
import type { DatagramSlots } from '../datagram-slots.ts';
import type { ClientAddress, ClientRef, UdpListener } from '../transport.ts';
import type { TransportCounters } from '../transport-counters.ts';
import type { NativeBinding, NativeHandle } from './binding.ts';
import { addressOf } from './native-address.ts';
import type { NativeHost, NativeSocketOwner } from './native-socket.ts';

const nobody: ClientAddress = { address: '', port: 0, family: 4 };

export interface NativeListenerParts {
	readonly host: NativeHost;
	readonly binding: NativeBinding;
	readonly handle: NativeHandle;
	readonly address: string;
	readonly port: number;
	readonly receiveBufferBytes: number;
	readonly retainedClients: number;
	readonly counters: TransportCounters;
	readonly onError: (error: Error) => void;
}

/**
 * A UDP listener over the native addon. Replies that are written into tx slots leave when the batch's call returns; later
 * ones through the out queue. A retained client's address is copied, twelve words, from the batch to a table here.
 */
export class NativeListener implements UdpListener, NativeSocketOwner {
	readonly handle: NativeHandle;
	readonly address: string;
	readonly port: number;
	readonly receiveBufferBytes: number;
	readonly rx: DatagramSlots;
	readonly tx: DatagramSlots;
	readonly #parts: NativeListenerParts;
	readonly #refs: ClientRefs;
	readonly #addresses: Int32Array;
	readonly #rxAddresses: Int32Array;
	readonly #addressWords: number;
	#onBatch: ((count: number) => void) | undefined;
	#dropped = 0;
	#closed = false;

	constructor(parts: NativeListenerParts) {
		const { memory } = parts.host;
		this.#parts = parts;
		this.handle = parts.handle;
		this.address = parts.address;
		this.port = parts.port;
		this.receiveBufferBytes = parts.receiveBufferBytes;
		this.rx = memory.rx;
		this.tx = memory.tx;
		this.#rxAddresses = memory.rxAddresses;
		this.#addressWords = memory.layout.addressWords;
		this.#refs = new ClientRefs(parts.retainedClients);
		this.#addresses = new Int32Array(this.#refs.capacity * this.#addressWords);
	}

	start(onBatch: (count: number) => void): void {
		this.#onBatch = onBatch;
		this.#parts.binding.start(this.handle);
	}

	deliver(count: number): void {
		this.#parts.counters.add('datagramBatch');
		this.#onBatch!(count);
	}

	failed(code: string): void {
		this.#parts.onError(Object.assign(new Error(code), { code }));
	}

	sender(slot: number): ClientAddress {
		return addressOf(this.#rxAddresses, slot * this.#addressWords);
	}

	retain(slot: number): ClientRef {
		const ref = this.#refs.take();
		if (ref === 0) {
			this.#parts.counters.add('clientTableFull');
			return 0;
		}
		const words = this.#addressWords;
		const to = this.#refs.slotOf(ref) * words;
		const from = slot * words;
		for (let i = 0; i < words; i++) this.#addresses[to + i] = this.#rxAddresses[from + i];
		return ref;
	}

	client(ref: ClientRef): ClientAddress {
		const slot = this.#refs.slotOf(ref);
		return slot < 0 ? nobody : addressOf(this.#addresses, slot * this.#addressWords);
	}

	reply(ref: ClientRef, octets: Uint8Array, start: number, length: number): void {
		const slot = this.#refs.slotOf(ref);
		if (slot < 0) return;
		this.#refs.free(slot);
		if (this.#closed) return;
		const at = slot * this.#addressWords;
		const { out } = this.#parts.host;
		if (out.addTo(this.handle, this.#addresses, at, octets, start, length)) return;
		this.#parts.counters.add('datagramSendError');
	}

	release(ref: ClientRef): void {
		const slot = this.#refs.slotOf(ref);
		if (slot >= 0) this.#refs.free(slot);
	}

	/** Counts what the kernel has dropped since the last call, for want of room in the receive buffer. */
	countDrops(): void {
		if (this.#closed) return;
		const dropped = this.#parts.binding.drops(this.handle);
		// The kernel's count is of 32 bits.
		const more = (dropped - this.#dropped) >>> 0;
		if (more > 0) this.#parts.counters.add('datagramKernelDropped', more);
		this.#dropped = dropped;
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#parts.host.flush();
		this.countDrops();
		this.#closed = true;
		this.#parts.host.forget(this);
	}
}
