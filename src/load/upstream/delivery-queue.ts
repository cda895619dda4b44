import type { ClientRef } from '../../net/transport.ts';

/** Octets of a reply that a place has room for; longer ones lie elsewhere. */
const placeBytes = 256;

/** Takes what is due. */
export type SendReply = (client: ClientRef, octets: Uint8Array, start: number, length: number) => void;

/**
 * Deliveries that wait for their time: replies to UDP clients in typed arrays, and calls for everything else. A heap gives
 * the earliest; of two for the same time the one that was added first.
 *
 *   heap    [due, place] the earliest first, then as in a binary heap: children of i at 2i + 1 and 2i + 2
 *   places  client, order, length and octets of each waiting reply, in whatever place was free
 */
export class DeliveryQueue {
	readonly capacity: number;
	#places: Places | undefined;
	#size = 0;
	#added = 0;

	/** @param capacity how many may wait */
	constructor(capacity: number) {
		this.capacity = capacity;
	}

	get size(): number {
		return this.#size;
	}

	/** Infinity if nothing waits. */
	get nextDueMs(): number {
		return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#places!.heapDueMs[0];
	}

	/** Keeps a copy of a reply to a client; false if there is no room. */
	addReply(dueMs: number, client: ClientRef, octets: Uint8Array, start: number, length: number): boolean {
		if (this.#size === this.capacity) return false;
		const places = (this.#places ??= new Places(this.capacity));
		const place = this.#add(places, dueMs);
		places.client[place] = client;
		places.length[place] = length;
		if (length > placeBytes) {
			places.long.set(place, octets.slice(start, start + length));
			return true;
		}
		const at = place * placeBytes;
		for (let i = 0; i < length; i++) places.octets[at + i] = octets[start + i];
		return true;
	}

	/** Keeps a call; false if there is no room. */
	addCall(dueMs: number, call: () => void): boolean {
		if (this.#size === this.capacity) return false;
		const places = (this.#places ??= new Places(this.capacity));
		places.calls.set(this.#add(places, dueMs), call);
		return true;
	}

	/** Sends and calls all that is due, the earliest first. */
	run(nowMs: number, send: SendReply): void {
		const places = this.#places;
		while (places !== undefined && this.#size > 0 && places.heapDueMs[0] <= nowMs) {
			const place = this.#takeFirst(places);
			const call = places.calls.size > 0 ? places.calls.get(place) : undefined;
			if (call !== undefined) {
				places.calls.delete(place);
				call();
				continue;
			}
			const length = places.length[place];
			if (length <= placeBytes) {
				send(places.client[place], places.octets, place * placeBytes, length);
			} else {
				send(places.client[place], places.long.get(place)!, 0, length);
				places.long.delete(place);
			}
		}
	}

	/** Forgets all that waits. */
	clear(): void {
		this.#size = 0;
		this.#places = undefined;
	}

	#add(places: Places, dueMs: number): number {
		const place = places.heapPlace[this.#size];
		places.order[place] = this.#added++;
		let at = this.#size++;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (places.heapDueMs[parent] <= dueMs) break;
			places.move(parent, at);
			at = parent;
		}
		places.heapDueMs[at] = dueMs;
		places.heapPlace[at] = place;
		return place;
	}

	/** Takes the first from the heap; its place is the next that is free. */
	#takeFirst(places: Places): number {
		const first = places.heapPlace[0];
		const last = --this.#size;
		const dueMs = places.heapDueMs[last];
		const place = places.heapPlace[last];
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= last) break;
			if (child + 1 < last && places.isEarlier(child + 1, child)) child++;
			const childDueMs = places.heapDueMs[child];
			if (
				childDueMs > dueMs ||
				(childDueMs === dueMs && places.order[places.heapPlace[child]] > places.order[place])
			) {
				break;
			}
			places.move(child, at);
			at = child;
		}
		places.heapDueMs[at] = dueMs;
		places.heapPlace[at] = place;
		places.heapPlace[last] = first;
		return first;
	}
}

/** The memory of a queue, made when the first delivery waits. */
class Places {
	readonly heapDueMs: Float64Array;
	/** Behind the heap: the places that are free. */
	readonly heapPlace: Int32Array;
	readonly client: Int32Array;
	/** Rises with every delivery. */
	readonly order: Float64Array;
	readonly length: Uint16Array;
	readonly octets: Uint8Array;
	readonly long = new Map<number, Uint8Array>();
	readonly calls = new Map<number, () => void>();

	constructor(capacity: number) {
		this.heapDueMs = new Float64Array(capacity);
		this.heapPlace = Int32Array.from({ length: capacity }, (_, place) => place);
		this.client = new Int32Array(capacity);
		this.order = new Float64Array(capacity);
		this.length = new Uint16Array(capacity);
		this.octets = new Uint8Array(capacity * placeBytes);
	}

	move(from: number, to: number): void {
		this.heapDueMs[to] = this.heapDueMs[from];
		this.heapPlace[to] = this.heapPlace[from];
	}

	isEarlier(a: number, b: number): boolean {
		const dueMs = this.heapDueMs[a];
		const otherMs = this.heapDueMs[b];
		return (
			dueMs < otherMs || (dueMs === otherMs && this.order[this.heapPlace[a]] < this.order[this.heapPlace[b]])
		);
	}
}
