import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Clock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import type { TransferList } from '../util/transfer-list.ts';
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

/** A shard that does not do what it is told within this time is not waited for: it is stuck, and will be replaced. */
const obeyMs = 10_000;

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
	threadId: number;
	/** What it was told and has not reported yet. */
	readonly told: Map<ShardReport['kind'], PromiseWithResolvers<ShardReport | undefined>>;
}

/** What is to be known of a shard from outside. */
export interface ShardLife {
	readonly listening: boolean;
	/** How often it was replaced since the start. */
	readonly replacements: number;
	/** While it is down: how long it is left down this time, in milliseconds. */
	readonly backOffMs: number;
}

/**
 * `atomics: 'disabled'`: otherwise piscina lets a worker wait for its next task in `Atomics.wait`, which stops its event
 * loop, and whatever is open there, a socket that is being closed in good order, starves.
 */
export const shardPoolOptions = {
	idleTimeout: Number.POSITIVE_INFINITY,
	concurrentTasksPerWorker: 1,
	atomics: 'disabled',
	// A shard that leaks ends alone, long before the machine does. What it keeps for 65,536 waiting clients is a fifth of it.
	// What a shard allocates is gone at once, and a hit allocates nothing: the smallest space for it is enough.
	resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 3 },
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
	readonly #replacements: number[] = [];
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

	/** Sends a command to every shard that runs; returns which those are. */
	send(command: ShardCommand): number[] {
		const told: number[] = [];
		for (const [shard, running] of this.#running.entries()) {
			if (running === undefined) continue;
			running.control.postMessage(command);
			told.push(shard);
		}
		return told;
	}

	/** How a shard is. */
	life(shard: number): ShardLife {
		return {
			listening: this.#running[shard]?.listening ?? false,
			replacements: this.#replacements[shard] ?? 0,
			backOffMs: this.#backOffMs[shard] ?? 0,
		};
	}

	/** Tells all shards that listen something and waits for what they report; undefined for one that ends meanwhile. */
	async tell(command: ShardCommand, reply: ShardReport['kind']): Promise<(ShardReport | undefined)[]> {
		const answers = this.#running.flatMap((shard) => {
			if (!shard?.listening) return [];
			const waiting = Promise.withResolvers<ShardReport | undefined>();
			shard.told.set(reply, waiting);
			shard.control.postMessage(command);
			return [within(obeyMs, Promise.race([waiting.promise, shard.ended.then(() => undefined)]))];
		});
		return Promise.all(answers);
	}

	/** Tells one shard something. */
	sendTo(shard: number, command: ShardCommand): void {
		this.#running[shard]?.control.postMessage(command);
	}

	/** Ends a shard's thread at once, whatever it does; its sockets close, and it is replaced as one that died. */
	terminate(shard: number): void {
		const id = this.#running[shard]?.threadId;
		const thread = this.#pool.threads.find(({ threadId }) => threadId === id);
		thread?.terminate().catch(() => {});
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
			threadId: -1,
			told: new Map(),
		};
		this.#running[shard] = running;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const onReport = (report: ShardReport): void => {
			if (report.kind === 'listening') {
				running.listening = true;
				running.threadId = report.threadId;
				resolve();
			}
			running.told.get(report.kind)?.resolve(report);
			running.told.delete(report.kind);
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
		this.#replacements[shard] = (this.#replacements[shard] ?? 0) + 1;
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

/** Waits for something, but no longer than a while; undefined then. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
	const limit = Promise.withResolvers<undefined>();
	const timer = setTimeout(limit.resolve, limitMs, undefined);
	const result = await Promise.race([work, limit.promise]);
	clearTimeout(timer);
	return result;
}

function failureOf(shard: number, end: ShardEnd): PetrelError {
	if (end.kind === 'failed') return new PetrelError(end.code, end.message);
	return new PetrelError('PETREL_INTERNAL', `shard ${shard} ended without being told to`);
}
