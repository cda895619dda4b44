import type { ConnectedUdp, ConnectedUdpEvents } from '../connected-udp.ts';
import type { NativeHandle } from './binding.ts';
import type { NativeHost, NativeSocketOwner } from './native-socket.ts';

/** A connected UDP socket over the native addon: queries leave with the turn, replies come in batches. */
export class NativeUpstreamSocket implements ConnectedUdp, NativeSocketOwner {
	readonly handle: NativeHandle;
	readonly #host: NativeHost;
	readonly #events: ConnectedUdpEvents;
	#closed = false;

	constructor(host: NativeHost, handle: NativeHandle, events: ConnectedUdpEvents) {
		this.#host = host;
		this.handle = handle;
		this.#events = events;
	}

	send(octets: Uint8Array, start: number, length: number): void {
		this.#host.out.add(this.handle, octets, start, length);
	}

	deliver(count: number): void {
		this.#events.onDatagrams(this.#host.memory.rx, count);
	}

	failed(code: string): void {
		if (this.#closed) return;
		this.close();
		this.#events.onFailed(code);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#host.forget(this);
	}
}
