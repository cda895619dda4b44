import type { Clock } from '../util/clock.ts';
import type { Alarm } from './alarm.ts';
import type { ConnectedUdp, ConnectedUdpEvents, ConnectedUdpOptions } from './connected-udp.ts';
import { DgramAlarm } from './dgram-alarm.ts';
import { DgramConnected } from './dgram-connected.ts';
import { openDgramListener } from './dgram-listener.ts';
import { SendScratch } from './send-scratch.ts';
import type { UdpListener, UdpListenerOptions, UdpTransport } from './transport.ts';
import { countNothing, type TransportCounters } from './transport-counters.ts';

/** UDP over node:dgram: runs everywhere. Every datagram is a turn, and leaves when it is sent. */
export class DgramTransport implements UdpTransport {
	readonly name = 'dgram';
	readonly times = new Float64Array(2);
	readonly #clock: Clock;
	readonly #counters: TransportCounters;
	readonly #scratch = new SendScratch();

	constructor(clock: Clock, counters: TransportCounters = countNothing) {
		this.#clock = clock;
		this.#counters = counters;
	}

	openListener(options: UdpListenerOptions): Promise<UdpListener> {
		return openDgramListener({ ...options, counters: this.#counters });
	}

	openConnected(
		address: string,
		port: number,
		events: ConnectedUdpEvents,
		options?: ConnectedUdpOptions,
	): ConnectedUdp | undefined {
		const shared = { scratch: this.#scratch, counters: this.#counters };
		return DgramConnected.open(address, port, shared, events, options);
	}

	openAlarm(onAlarm: () => void): Alarm {
		return new DgramAlarm(this.#clock, (nowMs) => {
			this.times[0] = nowMs;
			onAlarm();
		});
	}

	markBegin(): void {
		this.times[0] = this.#clock.nowMs();
	}

	markEnd(): void {
		this.times[1] = this.#clock.nowMs();
	}

	flush(): void {}

	fetchCounts(): void {}

	close(): void {}
}
