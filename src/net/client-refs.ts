import { assert } from '../util/assert.ts';
import type { ClientRef } from './transport.ts';

/**
 * Numbers for clients that wait for a reply: a slot of a bounded table and the generation of that slot in one
 * positive integer below 2^31. A number that was freed is not live again until its slot has been through all
 * generations, so a late second reply finds nobody instead of somebody else.
 *
 *   bit 30 ........ slotBits   slotBits - 1 ........ 0
 *       [ generation, 1 ... ]  [ slot                ]
 *
 * Freed slots queue up (first freed, first reused): under any load a slot rests as long as it can.
 */
export class ClientRefs {
	readonly capacity: number;
	readonly #slotBits: number;
	readonly #slotMask: number;
	readonly #generationLast: number;
	readonly #generation: Uint32Array;
	readonly #free: Uint32Array;
	#freeFirst = 0;
	#freeCount: number;

	/** @param capacity a power of two from 2 to 65,536 */
	constructor(capacity: number) {
		assert(capacity >= 2 && capacity <= 65_536, `client table capacity ${capacity} is out of range`);
		assert((capacity & (capacity - 1)) === 0, `client table capacity ${capacity} is not a power of two`);
		this.capacity = capacity;
		this.#slotBits = Math.log2(capacity);
		this.#slotMask = capacity - 1;
		this.#generationLast = 2 ** (31 - this.#slotBits) - 1;
		this.#generation = new Uint32Array(capacity).fill(1);
		this.#free = Uint32Array.from({ length: capacity }, (_, slot) => slot);
		this.#freeCount = capacity;
	}

	get full(): boolean {
		return this.#freeCount === 0;
	}

	/** A new live number; 0 if all slots are taken. */
	take(): ClientRef {
		if (this.#freeCount === 0) return 0;
		const slot = this.#free[this.#freeFirst];
		this.#freeFirst = (this.#freeFirst + 1) & this.#slotMask;
		this.#freeCount--;
		return (this.#generation[slot] << this.#slotBits) | slot;
	}

	/** The slot behind a live number; -1 for a number that is not live. */
	slotOf(ref: ClientRef): number {
		const slot = ref & this.#slotMask;
		return this.#generation[slot] === ref >>> this.#slotBits ? slot : -1;
	}

	/** Gives a live number's slot back. The caller has it from `slotOf`. */
	free(slot: number): void {
		const generation = this.#generation[slot];
		this.#generation[slot] = generation === this.#generationLast ? 1 : generation + 1;
		this.#free[(this.#freeFirst + this.#freeCount) & this.#slotMask] = slot;
		this.#freeCount++;
	}
}
