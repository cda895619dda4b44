import type { SlowPolicy } from './slow-policy.ts';

interface Held {
	readonly key: number;
	readonly size: number;
	visited: boolean;
}

/** One queue of entries, the oldest first. */
abstract class SlowQueue implements SlowPolicy {
	readonly #capacity: number;
	protected queue: Held[] = [];

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	/** What a hit does to the entry, which is at `index`. */
	protected abstract hit(index: number): void;
	/** Takes one entry out. */
	protected abstract evict(): void;

	protected removeAt(index: number): void {
		this.queue.splice(index, 1);
	}

	request(key: number, size: number): boolean {
		const index = this.queue.findIndex((held) => held.key === key);
		if (index >= 0) {
			this.hit(index);
			return true;
		}
		if (size > this.#capacity) return false;
		while (this.queue.reduce((sum, held) => sum + held.size, size) > this.#capacity) this.evict();
		this.queue.push({ key, size, visited: false });
		return false;
	}

	expire(key: number, size: number): void {
		this.removeAt(this.queue.findIndex((held) => held.key === key));
		this.request(key, size);
	}
}

export class SlowFifo extends SlowQueue {
	protected hit(): void {}

	protected evict(): void {
		this.removeAt(0);
	}
}

export class SlowLru extends SlowQueue {
	protected hit(index: number): void {
		this.queue.push(...this.queue.splice(index, 1));
	}

	protected evict(): void {
		this.removeAt(0);
	}
}

export class SlowClock extends SlowQueue {
	protected hit(index: number): void {
		this.queue[index].visited = true;
	}

	protected evict(): void {
		for (let held = this.queue.shift()!; held.visited; held = this.queue.shift()!) {
			held.visited = false;
			this.queue.push(held);
		}
	}
}

export class SlowSieve extends SlowQueue {
	/** What is looked at next. */
	#hand = 0;

	protected hit(index: number): void {
		this.queue[index].visited = true;
	}

	protected evict(): void {
		while (this.queue[this.#hand].visited) {
			this.queue[this.#hand].visited = false;
			this.#hand = (this.#hand + 1) % this.queue.length;
		}
		this.removeAt(this.#hand);
	}

	protected override removeAt(index: number): void {
		super.removeAt(index);
		if (index < this.#hand) this.#hand--;
		if (this.#hand >= this.queue.length) this.#hand = 0;
	}
}
