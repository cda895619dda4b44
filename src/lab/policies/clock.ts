import { Links, List } from '../lists.ts';
import { bitBytes, entryNumberBytes, perEntry } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** First in, first out, but what was hit since it came, or came around, comes around once more. One bit. */
export class Clock extends SizedPolicy {
	/** A ring of entries, and the bit. */
	readonly metadata = perEntry(entryNumberBytes + bitBytes);
	readonly #queue: List;
	readonly #visited: Column<Uint8Array<ArrayBuffer>>;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
		this.#visited = this.keys.uint8();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#visited.values[key] = 1;
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.#evict();
		this.add(key, size);
		this.#visited.values[key] = 0;
		this.#queue.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#queue.take(key);
		this.drop(key);
	}

	#evict(): void {
		const visited = this.#visited.values;
		while (visited[this.#queue.tail]) {
			visited[this.#queue.tail] = 0;
			this.#queue.renew(this.#queue.tail);
		}
		this.remove(this.#queue.tail);
	}
}
