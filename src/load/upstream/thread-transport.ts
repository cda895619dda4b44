import { NativeTransport } from '../../net/native/native-transport.ts';
import { openTransport } from '../../net/open-transport.ts';
import type { TransportName, UdpListener, UdpTransport } from '../../net/transport.ts';
import type { TransportCounters, TransportEvent } from '../../net/transport-counters.ts';
import { newClockOrigin, systemClock } from '../../util/clock.ts';

/** What a transport counted, by its own names. */
export class EventCounts implements TransportCounters {
	readonly #counts = new Map<TransportEvent, number>();

	add(event: TransportEvent, by = 1): void {
		this.#counts.set(event, this.of(event) + by);
	}

	of(event: TransportEvent): number {
		return this.#counts.get(event) ?? 0;
	}
}

/** A transport with what it counts. */
export interface CountedTransport {
	readonly transport: UdpTransport;
	readonly counts: EventCounts;
}

let native: CountedTransport | undefined;

function open(name: TransportName): CountedTransport {
	const originMs = newClockOrigin();
	const counts = new EventCounts();
	return {
		transport: openTransport({ name, originMs, clock: systemClock(originMs), counters: counts }),
		counts,
	};
}

/** The transport for an upstream of this thread. The native one can be had once a thread: all upstreams share it. */
export function transportOf(name: TransportName): CountedTransport {
	return name === 'native' ? (native ??= open(name)) : open(name);
}

/** Where in the socket address of a datagram's sender its port stands, the upper octet first. */
const portAt = 2;

/**
 * Reads the port behind an rx slot. What `sender` gives for that over the native transport is an address as text, which
 * would cost as much as an answer.
 */
export function portReader(transport: UdpTransport, listener: UdpListener): (slot: number) => number {
	if (!(transport instanceof NativeTransport)) return (slot) => listener.sender(slot).port;
	const { rxAddresses, layout } = transport.memory;
	const octets = new Uint8Array(rxAddresses.buffer, rxAddresses.byteOffset, rxAddresses.byteLength);
	const addressBytes = layout.addressWords * Int32Array.BYTES_PER_ELEMENT;
	return (slot) => (octets[slot * addressBytes + portAt] << 8) | octets[slot * addressBytes + portAt + 1];
}
