import { linkedBytes, perEntry } from '../metadata.ts';
import { QueuePolicy } from '../queue-policy.ts';

/** What was not asked for longest goes first. */
export class Lru extends QueuePolicy {
	readonly metadata = perEntry(linkedBytes);

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.queue.renew(key);
		return true;
	}
}
