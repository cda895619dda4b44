import { Links, List } from './lists.ts';
import type { PolicyOptions } from './policy.ts';
import { SizedPolicy } from './sized-policy.ts';

/** Policies that keep all their keys in one queue, newcomers at its head, and differ in what a hit does and who goes. */
export abstract class QueuePolicy extends SizedPolicy {
	protected readonly queue: List;

	constructor(options: PolicyOptions) {
		super(options);
		this.queue = new List(new Links(this.keys), this.sizes);
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.evict();
		this.add(key, size);
		this.queue.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.queue.take(key);
		this.drop(key);
	}

	/** Removes one key; there is at least one. By default the one that has been in the queue longest. */
	protected evict(): void {
		this.remove(this.queue.tail);
	}
}
