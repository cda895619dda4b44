import { bitBytes, linkedBytes, perEntry } from '../metadata.ts';
import { none } from '../per-key.ts';
import { VisitedQueue } from '../visited-queue.ts';

/**
 * SIEVE (Zhang et al., NSDI 2024): a hand walks from the oldest to the youngest, spares once what was hit, leaves it where
 * it is, and takes out the first that was not. Until the hand has come around for the first time this is LFU with the oldest
 * of equals first, so that the two may agree to the last request on a trace.
 */
export class Sieve extends VisitedQueue {
	readonly metadata = perEntry(linkedBytes + bitBytes);
	/** The key to be looked at next; `none`: the oldest that there will be then. */
	#hand = none;

	override remove(key: number): void {
		if (this.has(key) && key === this.#hand) this.#hand = this.queue.youngerThan(key);
		super.remove(key);
	}

	protected override evict(): void {
		const { queue } = this;
		const visited = this.visited.values;
		let key = this.#hand;
		if (key === none) key = queue.tail;
		while (visited[key]) {
			visited[key] = 0;
			key = queue.youngerThan(key);
			if (key === none) key = queue.tail;
		}
		this.#hand = key;
		this.remove(key);
	}
}
