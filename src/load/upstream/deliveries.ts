import type { Alarm } from '../../net/alarm.ts';
import type { ClientRef, UdpListener, UdpTransport } from '../../net/transport.ts';
import { DeliveryQueue, type SendReply } from './delivery-queue.ts';

/** What falls due within this time leaves together: under load an alarm for each answer would cost more than the answer. */
const tickMs = 0.05;

/**
 * Sends an upstream's answers when they are due: at once in the turn that made them, or when the transport's alarm rings.
 * A turn has one time, that of `begin`, and ends with `settle`.
 */
export class Deliveries {
	/** Answers and queries of the UDP side go through it; undefined: it is closed. */
	listener: UdpListener | undefined;
	readonly #transport: UdpTransport;
	readonly #queue: DeliveryQueue;
	readonly #alarm: Alarm;
	#dropped = 0;
	#ranMs = Number.NEGATIVE_INFINITY;
	#armed = false;

	/** @param maxWaiting how many may wait; more are dropped and counted, as a full queue on the way would */
	constructor(transport: UdpTransport, maxWaiting: number) {
		this.#transport = transport;
		this.#queue = new DeliveryQueue(maxWaiting);
		this.#alarm = transport.openAlarm(() => {
			this.#armed = false;
			this.settle();
		});
	}

	/** Deliveries that were dropped because too many were under way. */
	get dropped(): number {
		return this.#dropped;
	}

	/** When the turn began. */
	get nowMs(): number {
		return this.#transport.times[0];
	}

	begin(): void {
		this.#transport.markBegin();
	}

	/** Calls `deliver` after `afterMs` milliseconds; at once when that is 0. */
	after(afterMs: number, deliver: () => void): void {
		if (afterMs <= 0) deliver();
		else if (!this.#queue.addCall(this.nowMs + afterMs, deliver)) this.#dropped++;
	}

	/** Sends a copy of the octets to the sender of rx slot `slot`, which has its datagram in this turn. */
	reply(slot: number, afterMs: number, octets: Uint8Array, start: number, length: number): void {
		const listener = this.listener!;
		const client = listener.retain(slot);
		if (client === 0) {
			this.#dropped++;
		} else if (afterMs <= 0) {
			listener.reply(client, octets, start, length);
		} else if (!this.#queue.addReply(this.nowMs + afterMs, client, octets, start, length)) {
			listener.release(client);
			this.#dropped++;
		}
	}

	readonly #send: SendReply = (client: ClientRef, octets, start, length) => {
		this.listener?.reply(client, octets, start, length);
	};

	/** Ends a turn: what is due leaves, and the alarm is set for what is next. */
	settle(): void {
		if (this.#queue.size > 0 || this.#armed) this.#runQueue();
		this.#transport.flush();
	}

	#runQueue(): void {
		const queue = this.#queue;
		const nowMs = this.#transport.times[0];
		if (queue.nextDueMs <= nowMs) {
			queue.run(nowMs, this.#send);
			this.#ranMs = nowMs;
		}
		this.#alarm.set(Math.max(queue.nextDueMs, this.#ranMs + tickMs));
		this.#armed = queue.size > 0;
	}

	/** Forgets all that waits. */
	clear(): void {
		this.#queue.clear();
		this.#alarm.clear();
		this.#armed = false;
	}

	close(): void {
		this.clear();
		this.#alarm.close();
	}
}
