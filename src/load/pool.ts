import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { TransportName } from '../net/transport.ts';
import type { TransferList } from '../util/transfer-list.ts';
import type { Chunk } from './generate/events.ts';
import type { RoundPlan, WorkerEnd, WorkerTask } from './plan.ts';

/** The file that a worker runs: beside this one, as TypeScript in a checkout and as JavaScript when built. */
const workerFile = import.meta.url.endsWith('.ts')
	? new URL('./generate/run-worker.ts', import.meta.url)
	: new URL('./run-worker.js', import.meta.url);

export interface LoadPoolOptions {
	readonly workers: number;
	readonly originMs: number;
	readonly transport: TransportName;
	readonly trains: boolean;
}

/** The worker threads of a load test. All run the same round at the same time. */
export class LoadPool {
	readonly #options: LoadPoolOptions;
	readonly #pool: Piscina;
	readonly #stop = new Int32Array(new SharedArrayBuffer(4));

	constructor(options: LoadPoolOptions) {
		this.#options = options;
		this.#pool = new Piscina({
			filename: workerFile.href,
			name: 'runWorker',
			minThreads: options.workers,
			maxThreads: options.workers,
			concurrentTasksPerWorker: 1,
			idleTimeout: Number.POSITIVE_INFINITY,
			// A worker that waits for its next task in Atomics.wait would leave sockets that are being closed open.
			atomics: 'disabled',
		});
	}

	get workers(): number {
		return this.#options.workers;
	}

	/** Runs a round; rejects with the first reason why a worker cannot. */
	async run(plan: RoundPlan, onChunk: (worker: number, chunk: Chunk) => void): Promise<WorkerEnd[]> {
		const { workers, originMs, transport, trains } = this.#options;
		const stop = this.#stop.buffer;
		const runs = Array.from({ length: workers }, async (_, worker) => {
			const { port1, port2 } = new MessageChannel();
			const task: WorkerTask = { ...plan, worker, originMs, transport, trains, port: port2, stop };
			port1.on('message', (chunk: Chunk) => onChunk(worker, chunk));
			try {
				const end: WorkerEnd = await this.#pool.run(task, {
					transferList: [port2] as unknown as TransferList,
				});
				// Its last chunks came by another port than its result, and may be read after it.
				for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1)) {
					onChunk(worker, last.message);
				}
				return end;
			} catch (thrown) {
				// The others are not to go on alone.
				this.interrupt();
				throw thrown;
			} finally {
				port1.close();
			}
		});
		return Promise.all(runs);
	}

	/** Ends the round that runs, and every later one at once. */
	interrupt(): void {
		Atomics.store(this.#stop, 0, 1);
	}

	get interrupted(): boolean {
		return Atomics.load(this.#stop, 0) !== 0;
	}

	async close(): Promise<void> {
		await this.#pool.destroy();
	}
}
