import { Links, List } from '../lists.ts';
import { bitBytes, linkedBytes, rememberedBytes } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Of the capacity: what those with a long distance between requests may take. */
const queueShare = 0.01;

/**
 * LIRS (Jiang, Zhang, SIGMETRICS 2002): ranks by how many other keys came between the last two requests for a key, not by
 * when the last one was. Those for whom it were few, LIR, stay; the others, HIR, pass through a short queue. A stack of keys
 * by their last request tells whether few came between: it ends with a LIR one, so whoever is asked for while in it came
 * back sooner than that one has been waiting, takes a place among the LIR, and the last of them becomes HIR.
 *
 *   stack   head | HIR, LIR, evicted, HIR, LIR, evicted, LIR | tail        by last request, no HIR at the tail
 *   queue   head | HIR, HIR, HIR | tail, evicted next                      in the stack or not
 *
 * What was evicted and is in the stack is what the policy remembers. The paper sets no bound; here it is a sum of sizes, and
 * beyond it the one nearest to the tail is forgotten.
 *
 * Sizes: shares and bounds are sums of sizes. Where a newcomer needs more room than the queue takes, the last LIR ones
 * become HIR for it. What is larger than the share of the LIR stays HIR.
 */
export class Lirs extends SizedPolicy {
	readonly metadata;
	readonly #lirMax: number;
	readonly #rememberedMax: number;
	readonly #stack: List;
	/** By key, whether it is held or was evicted; 0: it is not in the stack. */
	readonly #stackSizes: Column<Uint32Array<ArrayBuffer>>;
	readonly #queue: List;
	/** What was evicted and is in the stack, in its order. */
	readonly #ghosts: List;
	readonly #isLir: Column<Uint8Array<ArrayBuffer>>;
	#lirHeld = 0;

	/** @param remembered the bound on sizes of evicted keys, in capacities */
	constructor(options: PolicyOptions, remembered: number) {
		super(options);
		const { capacity } = options;
		this.metadata = {
			// Links of the stack, for the few in the queue others, and whether it is LIR and in the stack.
			perEntryBytes: linkedBytes + queueShare * linkedBytes + 2 * bitBytes,
			perGhostBytes: rememberedBytes + 2 * linkedBytes,
			ghostsPerEntry: remembered,
			fixedBytes: 0,
		};
		this.#lirMax = capacity - Math.max(1, Math.floor(capacity * queueShare));
		this.#rememberedMax = capacity * remembered;
		this.#stackSizes = this.keys.uint32();
		this.#isLir = this.keys.uint8();
		this.#stack = new List(new Links(this.keys), this.#stackSizes);
		const links = new Links(this.keys);
		this.#queue = new List(links, this.sizes);
		this.#ghosts = new List(links, this.#stackSizes);
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		if (this.#isLir.values[key]) {
			this.#stack.renew(key);
			this.#prune();
		} else {
			this.#queue.take(key);
			this.#refer(key, this.#leaveStack(key));
		}
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		const isKnown = this.#stackSizes.values[key] > 0;
		if (isKnown) this.#forget(key);
		while (this.isFullFor(size)) this.#evict();
		this.add(key, size);
		this.#refer(key, isKnown);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#leaveStack(key);
		if (this.#isLir.values[key]) {
			this.#isLir.values[key] = 0;
			this.#lirHeld -= this.sizes.values[key];
			this.#prune();
		} else this.#queue.take(key);
		this.drop(key);
	}

	/** Gives a key that is held and in no list its place at the head. */
	#refer(key: number, wasInStack: boolean): void {
		const size = this.sizes.values[key];
		this.#stackSizes.values[key] = size;
		this.#stack.push(key);
		if (size <= this.#lirMax && (wasInStack || this.#lirHeld + size <= this.#lirMax)) {
			this.#isLir.values[key] = 1;
			this.#lirHeld += size;
			while (this.#lirHeld > this.#lirMax) this.#demote();
		} else {
			this.#queue.push(key);
			this.#prune();
		}
	}

	/** Makes a HIR one of the last LIR one. */
	#demote(): void {
		const key = this.#stack.tail;
		this.#leaveStack(key);
		this.#isLir.values[key] = 0;
		this.#lirHeld -= this.sizes.values[key];
		this.#queue.push(key);
		this.#prune();
	}

	#evict(): void {
		if (this.#queue.tail === none) this.#demote();
		const key = this.#queue.tail;
		this.#queue.take(key);
		this.drop(key);
		const size = this.#stackSizes.values[key];
		if (size === 0) return;
		this.#ghosts.push(key);
		while (this.#ghosts.held > this.#rememberedMax) this.#forget(this.#ghosts.tail);
	}

	/** Takes out what is at the tail and not LIR. */
	#prune(): void {
		const isLir = this.#isLir.values;
		for (let key = this.#stack.tail; key !== none && !isLir[key]; key = this.#stack.tail) {
			if (this.has(key)) this.#leaveStack(key);
			else this.#forget(key);
		}
	}

	/** Forgets a key that was evicted and is in the stack. */
	#forget(key: number): void {
		this.#ghosts.take(key);
		this.#leaveStack(key);
	}

	/** Returns whether the key was in the stack. */
	#leaveStack(key: number): boolean {
		if (this.#stackSizes.values[key] === 0) return false;
		this.#stack.take(key);
		this.#stackSizes.values[key] = 0;
		return true;
	}
}
