import { Links, List } from '../lists.ts';
import { linkedBytes, perEntry } from '../metadata.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** What was not asked for longest goes first. */
export class Lru extends SizedPolicy {
	readonly metadata = perEntry(linkedBytes);
	readonly #queue: List;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#queue.renew(key);
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.remove(this.#queue.tail);
		this.add(key, size);
		this.#queue.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#queue.take(key);
		this.drop(key);
	}
}
