import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Clock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import type { Doorbell, ShardCommand, ShardEnd, ShardReport, ShardTask } from './shard-messages.ts';

/** The wait before a dead shard is replaced: doubled each time, back to the start once a shard has lived a while. */
const backOffMinMs = 100;
const backOffMaxMs = 30_000;
const longLifeMs = 60_000;

/** For the report of a shard that is drained to arrive. */
const drainMarginMs = 200;
/** Shards that have not closed by then are ended. */
const closeMs = 1000;

/** The file that a worker runs: beside this one, as TypeScript in a checkout and as JavaScript when built. */
const shardFile = import.meta.url.endsWith('.ts')
	? new URL('./shard-main.ts', import.meta.url)
	: new URL('./shard-main.js', import.meta.url);

/** piscina infers this type from an overload that @types/node has since put in another order. */
type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;

/** What every shard is told alike; the pool adds its number and its ports. */
export type CommonTask = Omit<ShardTask, 'shard' | 'control' | 'doorbells'>;

export interface ShardPoolOptions {
	readonly shards: number;
	readonly clock: Clock;
	/** What a shard that starts now is told. */
	commonTask(): CommonTask;
	/** What a shard says while it runs. */
	onReport(shard: number, report: ShardReport): void;
	/** A shard died; `retryMs` later it is replaced. What it held must be freed before this returns. */
	onDeath(shard: number, cause: string, retryMs: number): void;
	/** A replacement listens. */
	onReplaced(shard: number): void;
}

interface RunningShard {
	readonly control: MessagePort;
	/** Settles when the shard's task ends, however it ends. */
	readonly ended: Promise<unknown>;
	readonly drained: PromiseWithResolvers<void>;
	readonly startedMs: number;
	listening: boolean;
}

/**
 * `atomics: 'disabled'`: otherwise piscina lets a worker wait for its next task in `Atomics.wait`, which stops its event
 * loop, and whatever is open there, a socket that is being closed in good order, starves.
 */
export const shardPoolOptions = {
	idleTimeout: Number.POSITIVE_INFINITY,
	concurrentTasksPerWorker: 1,
	atomics: 'disabled',
} as const;

/**
 * The worker threads: one piscina worker per shard, each with one task that runs until it is told to stop. piscina
 * replaces a worker thread that died; this class starts a new shard on it, makes its ports to the others anew, and does
 * so ever more slowly if it keeps dying.
 */
export class ShardPool {
	readonly #options: ShardPoolOptions;
	readonly #pool: Piscina;
	readonly #running: (RunningShard | undefined)[] = [];
	readonly #retries = new Map<number, NodeJS.Timeout>();
	readonly #backOffMs: number[] = [];
	#stopping = false;

	constructor(options: ShardPoolOptions) {
		this.#options = options;
		this.#pool = new Piscina({
			filename: shardFile.href,
			name: 'runShard',
			...shardPoolOptions,
			minThreads: options.shards,
			maxThreads: options.shards,
		});
		// A worker that dies between two tasks: its successor is there already, and no shard ran on it.
		this.#pool.on('error', () => {});
	}

	/** Starts all shards. Resolves when all listen; rejects with the first reason why one cannot. */
	async start(): Promise<void> {
		const numbers = Array.from({ length: this.#options.shards }, (_, shard) => shard);
		await Promise.all(numbers.map((shard) => this.#startShard(shard)));
	}

	/** Threads that run, for tests that end one. */
	get threads(): Piscina['threads'] {
		return this.#pool.threads;
	}

	send(command: ShardCommand): void {
		for (const shard of this.#running) shard?.control.postMessage(command);
	}

	/**
	 * Ends all shards. None closes before all are drained, since one may be asking for another's clients; whoever has
	 * not ended a second after `graceMs` is not waited for.
	 */
	async stop(graceMs: number): Promise<void> {
		this.#stopping = true;
		for (const retry of this.#retries.values()) clearTimeout(retry);
		const running = this.#running.filter((shard) => shard !== undefined);
		if (graceMs > 0) {
			this.send({ kind: 'drain', graceMs });
			const drained = running.map((shard) => Promise.race([shard.drained.promise, shard.ended]));
			await within(graceMs + drainMarginMs, Promise.all(drained));
		}
		this.send({ kind: 'close' });
		await within(closeMs, Promise.all(running.map((shard) => shard.ended)));
		await this.#pool.destroy();
		for (const shard of running) shard.control.close();
	}

	/** Resolves when the shard listens; rejects when it ends before. Later ends are `onDeath`. */
	#startShard(shard: number): Promise<void> {
		const { port1: control, port2 } = new MessageChannel();
		const doorbells = this.#connectToOthers(shard);
		const task: ShardTask = { ...this.#options.commonTask(), shard, control: port2, doorbells };
		const transferList = [port2, ...doorbells.map(({ port }) => port)] as unknown as TransferList;
		const ended: Promise<ShardEnd> = this.#pool.run(task, { transferList });
		const running: RunningShard = {
			control,
			ended: ended.catch(() => {}),
			drained: Promise.withResolvers(),
			startedMs: this.#options.clock.nowMs(),
			listening: false,
		};
		this.#running[shard] = running;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const onReport = (report: ShardReport): void => {
			if (report.kind === 'listening') {
				running.listening = true;
				resolve();
			}
			if (report.kind === 'drained') running.drained.resolve();
			this.#options.onReport(shard, report);
		};
		control.on('message', onReport);
		const onEnd = (failure: PetrelError): void => {
			for (let last = receiveMessageOnPort(control); last; last = receiveMessageOnPort(control)) {
				onReport(last.message);
			}
			control.close();
			reject(failure);
			this.#onEnd(shard, running, failure.message);
		};
		ended.then(
			(end) => onEnd(failureOf(shard, end)),
			(thrown) => onEnd(new PetrelError('PETREL_INTERNAL', `shard ${shard} died: ${messageOf(thrown)}`)),
		);
		return promise;
	}

	#connectToOthers(shard: number): Doorbell[] {
		const doorbells: Doorbell[] = [];
		for (const [other, running] of this.#running.entries()) {
			if (other === shard || !running) continue;
			const { port1, port2 } = new MessageChannel();
			doorbells.push({ shard: other, port: port1 });
			const command: ShardCommand = { kind: 'doorbell', doorbell: { shard, port: port2 } };
			running.control.postMessage(command, [port2]);
		}
		return doorbells;
	}

	#onEnd(shard: number, ended: RunningShard, cause: string): void {
		this.#running[shard] = undefined;
		const isReplacement = this.#backOffMs[shard] !== undefined;
		if (this.#stopping || !(ended.listening || isReplacement)) return;
		const livedMs = this.#options.clock.nowMs() - ended.startedMs;
		const lastMs = livedMs > longLifeMs ? 0 : (this.#backOffMs[shard] ?? 0);
		const retryMs = Math.min(backOffMaxMs, Math.max(backOffMinMs, lastMs * 2));
		this.#backOffMs[shard] = retryMs;
		this.#options.onDeath(shard, cause, retryMs);
		const retry = setTimeout(() => this.#replace(shard), retryMs);
		this.#retries.set(shard, retry);
	}

	#replace(shard: number): void {
		this.#retries.delete(shard);
		this.#startShard(shard).then(
			() => this.#options.onReplaced(shard),
			// `#onEnd` has said why and tries again.
			() => {},
		);
	}
}

/** Waits for something, but no longer than a while. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, limitMs);
	await Promise.race([work, limit.promise]);
	clearTimeout(timer);
}

function failureOf(shard: number, end: ShardEnd): PetrelError {
	if (end.kind === 'failed') return new PetrelError(end.code, end.message);
	return new PetrelError('PETREL_INTERNAL', `shard ${shard} ended without being told to`);
}
