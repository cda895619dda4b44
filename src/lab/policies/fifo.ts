import { entryNumberBytes, perEntry } from '../metadata.ts';
import { QueuePolicy } from '../queue-policy.ts';

/** First in, first out: a hit changes nothing. */
export class Fifo extends QueuePolicy {
	/** A ring of entries. */
	readonly metadata = perEntry(entryNumberBytes);

	get(key: number): boolean {
		return this.has(key);
	}
}
