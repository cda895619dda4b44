import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { TransferList } from '../../util/transfer-list.ts';
import type { Requests } from '../simulate/requests.ts';
import { BatchFeed } from './batch-feed.ts';
import {
	controlWord,
	type MemoryTask,
	type RunOutcome,
	type RunSpec,
	type RunSurroundings,
	type StreamTask,
} from './run-plan.ts';

/** The file that a worker runs: beside this one, as TypeScript in a checkout and as JavaScript when built. */
const workerFile = import.meta.url.endsWith('.ts')
	? new URL('./study-worker.ts', import.meta.url)
	: new URL('./study-worker.js', import.meta.url);

/** The worker threads of a study. */
export class StudyPool {
	readonly threads: number;
	readonly #pool: Piscina;
	/** For `RunSurroundings`. */
	readonly control: Int32Array = new Int32Array(new SharedArrayBuffer(8));

	constructor(threads: number) {
		this.threads = threads;
		this.#pool = new Piscina({
			filename: workerFile.href,
			name: 'runTask',
			minThreads: threads,
			maxThreads: threads,
			concurrentTasksPerWorker: 1,
			idleTimeout: Number.POSITIVE_INFINITY,
			// A worker that waits in Atomics.wait would not hear of the batches of its task.
			atomics: 'disabled',
		});
	}

	/** Batches that were run until now, all runs together. */
	get done(): number {
		return Atomics.load(this.control, controlWord.done);
	}

	/** Every run ends with what there is, those that come later at once. */
	stop(): void {
		Atomics.store(this.control, controlWord.stop, 1);
	}

	get isStopped(): boolean {
		return Atomics.load(this.control, controlWord.stop) !== 0;
	}

	/** Runs a policy over requests in memory, when a thread is free. */
	async runInMemory(requests: Requests, run: RunSpec, surroundings: RunSurroundings): Promise<RunOutcome> {
		const task: MemoryTask = { kind: 'memory', requests, run, surroundings };
		const [outcome] = (await this.#pool.run(task)) as readonly RunOutcome[];
		return outcome;
	}

	/** Runs policies side by side over requests that are read once, shared out among the threads. */
	async runStream(
		batches: AsyncIterable<Requests>,
		runs: readonly RunSpec[],
		surroundings: RunSurroundings,
	): Promise<RunOutcome[]> {
		const threads = Math.min(this.threads, runs.length);
		const feeds: BatchFeed[] = [];
		const parts = Array.from({ length: threads }, (_, thread) => {
			const { port1, port2 } = new MessageChannel();
			const own = runs.filter((_, place) => place % threads === thread);
			const task: StreamTask = { kind: 'stream', runs: own, surroundings, port: port2 };
			const feed = new BatchFeed(port1);
			feeds.push(feed);
			const outcomes = this.#pool.run(task, { transferList: [port2] as unknown as TransferList });
			return outcomes.finally(() => feed.close()) as Promise<readonly RunOutcome[]>;
		});
		const fed = this.#feed(batches, feeds);
		const [, ...outcomes] = await Promise.all([fed, ...parts]).catch((thrown) => {
			// Nobody takes the rest of the batches.
			this.stop();
			throw thrown;
		});
		return runs.map((_, place) => outcomes[place % threads][Math.floor(place / threads)]);
	}

	async #feed(batches: AsyncIterable<Requests>, feeds: readonly BatchFeed[]): Promise<void> {
		try {
			for await (const batch of batches) {
				if (this.isStopped) break;
				await Promise.all(feeds.map((feed) => feed.room()));
				for (const feed of feeds) feed.give(batch);
			}
		} finally {
			for (const feed of feeds) feed.end();
		}
	}

	async close(): Promise<void> {
		await this.#pool.destroy();
	}
}
