import type { ConnectedUdp, ConnectedUdpEvents } from '../connected-udp.ts';
import type { NativeBinding, NativeHandle } from './binding.ts';
import type { NativeHost, NativeSocketOwner } from './native-socket.ts';

/** A connected UDP socket over the native addon: queries leave with the turn, replies come in batches. */
export class NativeUpstreamSocket implements ConnectedUdp, NativeSocketOwner {
	readonly handle: NativeHandle;
	readonly localPort: number;
	readonly #host: NativeHost;
	readonly #binding: NativeBinding;
	readonly #events: ConnectedUdpEvents;
	/** As it was when the socket was closed. */
	#drops = 0;
	#closed = false;

	constructor(
		host: NativeHost,
		binding: NativeBinding,
		opened: ReturnType<NativeBinding['openUpstream']>,
		events: ConnectedUdpEvents,
	) {
		this.handle = opened.handle;
		this.localPort = opened.port;
		this.#host = host;
		this.#binding = binding;
		this.#events = events;
	}

	send(octets: Uint8Array, start: number, length: number): void {
		if (this.#host.out.add(this.handle, octets, start, length)) return;
		this.#host.counters.add('datagramSendError');
	}

	drops(): number {
		return this.#closed ? this.#drops : this.#binding.drops(this.handle);
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
		this.#drops = this.drops();
		this.#closed = true;
		this.#host.forget(this);
	}
}
