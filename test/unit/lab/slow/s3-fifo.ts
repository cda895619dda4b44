import { SizedQueue } from './sized-queue.ts';
import type { SlowPolicy } from './slow-policy.ts';

/** S3-FIFO by algorithm 1 of the paper. */
export class SlowS3Fifo implements SlowPolicy {
	readonly #capacity: number;
	readonly #hitsToStay: number;
	readonly #small = new SizedQueue();
	readonly #main = new SizedQueue();
	readonly #ghost = new SizedQueue();
	/** Hits of what is held, up to 3. */
	readonly #hits = new Map<number, number>();

	constructor(capacity: number, hitsToStay: number) {
		this.#capacity = capacity;
		this.#hitsToStay = hitsToStay;
	}

	request(key: number, size: number): boolean {
		if (this.#hits.has(key)) {
			this.#hits.set(key, Math.min(3, this.#hits.get(key)! + 1));
			return true;
		}
		if (size > this.#capacity) return false;
		const wasGhost = this.#ghost.has(key);
		if (wasGhost) this.#ghost.take(key);
		while (this.#small.sum + this.#main.sum + size > this.#capacity) this.#evict();
		(wasGhost ? this.#main : this.#small).push(key, size);
		this.#hits.set(key, 0);
		return false;
	}

	expire(key: number, size: number): void {
		(this.#small.has(key) ? this.#small : this.#main).take(key);
		this.#hits.delete(key);
		this.request(key, size);
	}

	#evict(): void {
		const mainShare = this.#capacity - Math.floor(this.#capacity / 10);
		if (this.#main.sum > mainShare || this.#small.isEmpty) this.#evictMain();
		else this.#evictSmall();
	}

	#evictSmall(): void {
		let isEvicted = false;
		while (!isEvicted && !this.#small.isEmpty) {
			const [key, size] = this.#small.shift();
			if (this.#hits.get(key)! >= this.#hitsToStay) {
				this.#main.push(key, size);
				this.#hits.set(key, 0);
			} else {
				this.#hits.delete(key);
				this.#ghost.remember(key, size, Math.floor(this.#capacity * 0.9));
				isEvicted = true;
			}
		}
	}

	#evictMain(): void {
		for (;;) {
			const [key, size] = this.#main.shift();
			const hits = this.#hits.get(key)!;
			if (hits === 0) {
				this.#hits.delete(key);
				return;
			}
			this.#hits.set(key, hits - 1);
			this.#main.push(key, size);
		}
	}
}
