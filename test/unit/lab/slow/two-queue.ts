import { SizedQueue } from './sized-queue.ts';
import type { SlowPolicy } from './slow-policy.ts';

/** 2Q by the listing of its full version in the paper, with Kin a quarter and Kout half of the capacity. */
export class SlowTwoQueue implements SlowPolicy {
	readonly #capacity: number;
	readonly #a1in = new SizedQueue();
	readonly #a1out = new SizedQueue();
	readonly #am = new SizedQueue();

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	request(key: number, size: number): boolean {
		if (this.#am.has(key)) {
			this.#am.push(key, this.#am.take(key));
			return true;
		}
		if (this.#a1in.has(key)) return true;
		if (size > this.#capacity) return false;
		const wasOut = this.#a1out.has(key);
		if (wasOut) this.#a1out.take(key);
		while (this.#a1in.sum + this.#am.sum + size > this.#capacity) this.#reclaim();
		(wasOut ? this.#am : this.#a1in).push(key, size);
		return false;
	}

	expire(key: number, size: number): void {
		(this.#am.has(key) ? this.#am : this.#a1in).take(key);
		this.request(key, size);
	}

	#reclaim(): void {
		if (this.#a1in.sum > Math.floor(this.#capacity / 4) || this.#am.isEmpty) {
			this.#a1out.remember(...this.#a1in.shift(), Math.floor(this.#capacity / 2));
		} else {
			this.#am.shift();
		}
	}
}
