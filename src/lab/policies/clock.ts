import { bitBytes, entryNumberBytes, perEntry } from '../metadata.ts';
import { VisitedQueue } from '../visited-queue.ts';

/** First in, first out, but what was hit since it came, or came around, comes around once more. One bit. */
export class Clock extends VisitedQueue {
	/** A ring of entries, and the bit. */
	readonly metadata = perEntry(entryNumberBytes + bitBytes);

	protected override evict(): void {
		const { queue } = this;
		const visited = this.visited.values;
		while (visited[queue.tail]) {
			visited[queue.tail] = 0;
			queue.renew(queue.tail);
		}
		this.remove(queue.tail);
	}
}
