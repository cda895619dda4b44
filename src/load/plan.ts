import type { MessagePort } from 'node:worker_threads';
import type { TransportName } from '../net/transport.ts';
import type { Workload } from '../workload/workload.ts';
import type { Pace } from './generate/pace.ts';
import type { Target } from './target.ts';

/** One round, as every worker of it is told. Structured-cloneable; the workload's memory is shared. */
export interface RoundPlan {
	readonly target: Target;
	readonly workload: Workload;
	/** Of all workers together. */
	readonly pace: Pace;
	/** Of the clock that all threads share, `originMs` its beginning: when the first query is due. */
	readonly startMs: number;
	readonly warmupMs: number;
	/** Behind the warm-up. */
	readonly durationMs: number;
	readonly timeoutMs: number;
	readonly gatherMs: number;
	/** A query that could not be sent for so long is not sent at all. */
	readonly maxLagMs: number;
	/** Source sockets or connections of all workers together. */
	readonly sockets: number;
	/** 0: no limit. */
	readonly queriesPerConnection: number;
	/** Queries of all workers together at most. */
	readonly maxQueries: number;
	readonly seed: number;
	readonly workers: number;
}

/** What one worker is told. */
export interface WorkerTask extends RoundPlan {
	readonly worker: number;
	readonly originMs: number;
	readonly transport: TransportName;
	readonly trains: boolean;
	/** For `Chunk`s. */
	readonly port: MessagePort;
	/** An Int32: not 0 when no more queries are to be made. */
	readonly stop: SharedArrayBuffer;
}

/** What a worker says when its part of a round is over. */
export interface WorkerEnd {
	/** Datagrams dropped at our own sockets. */
	readonly ownDrops: number;
	/** Datagrams that the kernel did not take, though it said nothing of which: they count as lost. */
	readonly notTaken: number;
	readonly errorCodes: ReadonlyMap<string, number>;
	readonly interrupted: boolean;
}

/** A share of something whole for one worker: the shares of all add up. */
export function shareOf(whole: number, worker: number, workers: number): number {
	return Math.floor(whole / workers) + (worker < whole % workers ? 1 : 0);
}
