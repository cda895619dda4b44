/** What is to happen at which virtual time; things of the same time in the order in which they were put down. */
export class Agenda {
	readonly #items: { readonly atMs: number; readonly run: () => void }[] = [];

	/** Infinity: nothing is to happen. */
	get nextMs(): number {
		return this.#items[0]?.atMs ?? Number.POSITIVE_INFINITY;
	}

	add(atMs: number, run: () => void): void {
		let place = this.#items.length;
		while (place > 0 && this.#items[place - 1].atMs > atMs) place--;
		this.#items.splice(place, 0, { atMs, run });
	}

	/** Runs what is due, and what that puts down for now. */
	runDue(nowMs: number): void {
		while (this.nextMs <= nowMs) this.#items.shift()!.run();
	}
}
