import { LRUCache } from 'lru-cache';
import { linkedBytes, perEntry } from '../metadata.ts';
import type { Policy, PolicyOptions } from '../policy.ts';

/** LRU by the package `lru-cache`: what others wrote, to hold ours against. */
export class LruPackage implements Policy {
	readonly metadata = perEntry(linkedBytes);
	readonly #capacity: number;
	readonly #cache: LRUCache<number, true>;

	constructor({ capacity }: PolicyOptions) {
		this.#capacity = capacity;
		this.#cache = new LRUCache({ maxSize: capacity });
	}

	get held(): number {
		return this.#cache.calculatedSize;
	}

	get entries(): number {
		return this.#cache.size;
	}

	get(key: number): boolean {
		return this.#cache.get(key) === true;
	}

	put(key: number, size: number): void {
		if (size <= this.#capacity) this.#cache.set(key, true, { size });
	}

	has(key: number): boolean {
		return this.#cache.has(key);
	}

	remove(key: number): void {
		this.#cache.delete(key);
	}
}
