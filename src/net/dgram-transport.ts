import type { Clock } from '../util/clock.ts';
import type { ConnectedUdp, ConnectedUdpEvents } from './connected-udp.ts';
import { DgramConnected } from './dgram-connected.ts';
import { openDgramListener } from './dgram-listener.ts';
import { SendScratch } from './send-scratch.ts';
import type { UdpListener, UdpListenerOptions, UdpTransport } from './transport.ts';
import type { TransportCounters } from './transport-counters.ts';

/** UDP over node:dgram: runs everywhere. Every datagram is a turn, and leaves when it is sent. */
export class DgramTransport implements UdpTransport {
	readonly name = 'dgram';
	readonly times = new Float64Array(2);
	readonly #clock: Clock;
	readonly #counters: TransportCounters | undefined;
	readonly #scratch = new SendScratch();

	constructor(clock: Clock, counters?: TransportCounters) {
		this.#clock = clock;
		this.#counters = counters;
	}

	openListener(options: UdpListenerOptions): Promise<UdpListener> {
		return openDgramListener(this.#counters ? { ...options, counters: this.#counters } : options);
	}

	openConnected(address: string, port: number, events: ConnectedUdpEvents): ConnectedUdp | undefined {
		return DgramConnected.open(address, port, this.#scratch, events);
	}

	markBegin(): void {
		this.times[0] = this.#clock.nowMs();
	}

	markEnd(): void {
		this.times[1] = this.#clock.nowMs();
	}

	flush(): void {}

	close(): void {}
}
