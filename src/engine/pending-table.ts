import type { Pending } from './pending.ts';

/**
 * This shard's open questions under the claims they ask or wait under. A claim's place may be in use again while an
 * older generation's answer is still on its way here, so a place leads to a short list, the newest first.
 */
export class PendingTable {
	readonly #byPlace: (Pending | undefined)[];

	/** @param capacity places are [1, capacity] */
	constructor(capacity: number) {
		this.#byPlace = new Array<undefined>(capacity + 1).fill(undefined);
	}

	add(pending: Pending): void {
		pending.olderAtPlace = this.#byPlace[pending.place];
		this.#byPlace[pending.place] = pending;
	}

	find(place: number, generation: number): Pending | undefined {
		let pending = this.#byPlace[place];
		while (pending !== undefined && pending.generation !== generation) pending = pending.olderAtPlace;
		return pending;
	}

	remove(pending: Pending): void {
		const newest = this.#byPlace[pending.place];
		if (newest === pending) this.#byPlace[pending.place] = pending.olderAtPlace;
		for (let at = newest; at !== undefined; at = at.olderAtPlace) {
			if (at.olderAtPlace === pending) at.olderAtPlace = pending.olderAtPlace;
		}
		pending.olderAtPlace = undefined;
	}
}
