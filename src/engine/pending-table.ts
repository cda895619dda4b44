import type { Pending } from './pending.ts';

/**
 * This shard's open questions under the claims they ask or wait under. A claim's place may be in use again while an
 * older generation's answer is still on its way here, so a place leads to a short list, the newest first.
 */
export class PendingTable {
	readonly #byPlace = new Map<number, Pending>();

	add(pending: Pending): void {
		pending.olderAtPlace = this.#byPlace.get(pending.place);
		this.#byPlace.set(pending.place, pending);
	}

	find(place: number, generation: number): Pending | undefined {
		let pending = this.#byPlace.get(place);
		while (pending !== undefined && pending.generation !== generation) pending = pending.olderAtPlace;
		return pending;
	}

	remove(pending: Pending): void {
		const newest = this.#byPlace.get(pending.place);
		if (newest === pending) {
			if (pending.olderAtPlace) this.#byPlace.set(pending.place, pending.olderAtPlace);
			else this.#byPlace.delete(pending.place);
			return;
		}
		for (let at = newest; at !== undefined; at = at.olderAtPlace) {
			if (at.olderAtPlace === pending) at.olderAtPlace = pending.olderAtPlace;
		}
	}
}
