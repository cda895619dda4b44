import type { ConnectedUdp, ConnectedUdpEvents } from '../connected-udp.ts';
import type { NativeHandle } from './binding.ts';
import type { NativeSocketOwner, NativeTransport } from './native-transport.ts';

/** A connected UDP socket over the native addon: queries leave with the turn, replies come in batches. */
export class NativeUpstreamSocket implements ConnectedUdp, NativeSocketOwner {
	readonly handle: NativeHandle;
	readonly #transport: NativeTransport;
	readonly #events: ConnectedUdpEvents;
	#closed = false;

	constructor(transport: NativeTransport, handle: NativeHandle, events: ConnectedUdpEvents) {
		this.#transport = transport;
		this.handle = handle;
		this.#events = events;
	}

	send(octets: Uint8Array, start: number, length: number): void {
		this.#transport.out.add(this.handle, octets, start, length);
	}

	deliver(count: number): void {
		this.#events.onDatagrams(this.#transport.memory.rx, count);
	}

	failed(code: string): void {
		if (this.#closed) return;
		this.close();
		this.#events.onFailed(code);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#transport.forget(this);
	}
}
