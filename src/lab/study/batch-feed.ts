import type { MessagePort } from 'node:worker_threads';
import type { Requests } from '../simulate/requests.ts';
import type { StreamMessage } from './run-plan.ts';

/** Batches that a thread may have before it: some 6 MiB, which all threads share. */
const waitingMax = 32;

/** Gives batches to one thread, and no more of them than it can follow. */
export class BatchFeed {
	readonly #port: MessagePort;
	#waiting = 0;
	#closed = false;
	#wake: (() => void) | undefined;

	constructor(port: MessagePort) {
		this.#port = port;
		port.on('message', () => {
			this.#waiting--;
			this.#wake?.();
		});
	}

	/** Resolves when there is room for another batch, or the thread takes none any more. */
	async room(): Promise<void> {
		while (this.#waiting >= waitingMax && !this.#closed) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#wake = resolve;
			await promise;
		}
	}

	give(batch: Requests): void {
		this.#waiting++;
		this.#post({ batch });
	}

	end(): void {
		this.#post({ end: true });
	}

	/** The thread's task is over. */
	close(): void {
		this.#closed = true;
		this.#port.close();
		this.#wake?.();
	}

	#post(message: StreamMessage): void {
		if (!this.#closed) this.#port.postMessage(message);
	}
}
