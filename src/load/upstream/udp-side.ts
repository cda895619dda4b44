import type { UdpListener, UdpTransport } from '../../net/transport.ts';
import type { Delivery } from './answer.ts';
import type { Deliveries } from './deliveries.ts';
import { askTheScript, noAnswer, type QuickAnswers } from './quick-answers.ts';
import type { UpstreamScript } from './script.ts';
import { portReader } from './thread-transport.ts';

/** Asked of the kernel, which may grant less: a burst should be lost by the script's will only. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** The UDP socket of an upstream: batches of queries in, answers into the slots beside them or, later, to whom they belong. */
export class UdpSide {
	readonly #transport: UdpTransport;
	readonly #script: UpstreamScript;
	readonly #deliveries: Deliveries;
	/** Filled anew for each datagram: a script copies what it keeps. */
	readonly #origin: { port: number; queryOfConnection: number; datagramBytesMax?: number } = {
		port: 0,
		queryOfConnection: 1,
	};
	#listener: UdpListener | undefined;
	#quick: QuickAnswers | undefined;

	constructor(transport: UdpTransport, script: UpstreamScript, deliveries: Deliveries) {
		this.#transport = transport;
		this.#script = script;
		this.#deliveries = deliveries;
	}

	/** Binds and answers. Rejects with `PETREL_BIND`. @param maxWaiting a power of two up to 65,536 */
	async open(address: string, port: number, maxWaiting: number): Promise<void> {
		const listener = await this.#transport.openListener({
			address,
			port,
			reusePort: false,
			receiveBufferBytes,
			retainedClients: maxWaiting,
			// An ICMP error for a reply whose receiver is gone is nobody's concern.
			onError: () => {},
		});
		this.#listener = listener;
		this.#deliveries.listener = listener;
		this.#quick = this.#script.quickAnswers(listener.tx.octets, this.#transport.times);
		// node:dgram sends whatever UDP allows; the native transport what one of its slots holds.
		if (this.#transport.name === 'native') this.#origin.datagramBytesMax = listener.tx.slotBytes;
		const portOf = portReader(this.#transport, listener);
		listener.start((count) => this.#onBatch(listener, portOf, count));
	}

	async close(): Promise<void> {
		const listener = this.#listener;
		this.#listener = undefined;
		this.#deliveries.listener = undefined;
		await listener?.close();
	}

	#onBatch(listener: UdpListener, portOf: (slot: number) => number, count: number): void {
		if (this.#listener !== listener) return;
		const { tx } = listener;
		const deliveries = this.#deliveries;
		deliveries.begin();
		for (let slot = 0; slot < count; slot++) {
			tx.length[slot] = this.#answer(listener, slot, portOf(slot));
		}
		deliveries.settle();
	}

	/** Returns the octets of the reply that stands in the tx slot; 0 if none does. */
	#answer(listener: UdpListener, slot: number, port: number): number {
		const quick = this.#quick;
		if (quick === undefined) return this.#answerByScript(listener, slot, port);
		const { rx, tx } = listener;
		const at = slot * tx.slotBytes;
		const length = quick.answer(rx.octets, slot * rx.slotBytes, rx.length[slot], port, at, tx.slotBytes);
		if (length === askTheScript) return this.#answerByScript(listener, slot, port);
		if (length === noAnswer) return 0;
		if (quick.afterMs[0] === 0) return length;
		this.#deliveries.reply(slot, quick.afterMs[0], tx.octets, at, length);
		return 0;
	}

	#answerByScript(listener: UdpListener, slot: number, port: number): number {
		const { rx } = listener;
		const start = slot * rx.slotBytes;
		const message = rx.octets.subarray(start, start + rx.length[slot]);
		this.#origin.port = port;
		const { deliveries } = this.#script.answer(message, 'udp', this.#deliveries.nowMs, this.#origin);
		let inSlot = 0;
		for (const [i, delivery] of deliveries.entries()) {
			if (i === 0) inSlot = this.#placeInSlot(listener, slot, delivery);
			if (i > 0 || inSlot === 0) this.#deliverLater(slot, delivery);
		}
		return inSlot;
	}

	#placeInSlot({ tx }: UdpListener, slot: number, { afterMs, octets }: Delivery): number {
		if (afterMs > 0 || octets.length > tx.slotBytes) return 0;
		tx.octets.set(octets, slot * tx.slotBytes);
		return octets.length;
	}

	#deliverLater(slot: number, { afterMs, octets }: Delivery): void {
		this.#deliveries.reply(slot, afterMs, octets, 0, octets.length);
	}
}
