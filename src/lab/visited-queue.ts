import type { Column } from './per-key.ts';
import type { PolicyOptions } from './policy.ts';
import { QueuePolicy } from './queue-policy.ts';

/** Queues in which a hit sets a bit and moves nothing. */
export abstract class VisitedQueue extends QueuePolicy {
	protected readonly visited: Column<Uint8Array<ArrayBuffer>>;

	constructor(options: PolicyOptions) {
		super(options);
		this.visited = this.keys.uint8();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.visited.values[key] = 1;
		return true;
	}

	override put(key: number, size: number): void {
		super.put(key, size);
		if (this.has(key)) this.visited.values[key] = 0;
	}
}
