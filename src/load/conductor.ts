/** Runs a whole load test: rounds against one target or several in turns, or the search for the highest rate of each. */
import type { Clock } from '../util/clock.ts';
import type { Workload } from '../workload/workload.ts';
import type { Pace } from './generate/pace.ts';
import type { RoundPlan } from './plan.ts';
import { LoadPool, type LoadPoolOptions } from './pool.ts';
import type { Interval, LoadMode, Measured, Round, SearchResult, TargetResult, Trial } from './result.ts';
import { runRound } from './round.ts';
import { searchHighestRate } from './search.ts';
import type { Target } from './target.ts';

export interface LoadSearch {
	/** As it was written. */
	readonly objective: string;
	readonly fromQps: number;
	readonly maxQps: number;
	readonly confirmations: number;
	readonly arrivals: 'even' | 'poisson';
	/** What a round did not keep of the objective; empty: it kept all. */
	readonly broken: (round: Round) => string[];
}

export interface LoadOptions
	extends Omit<RoundPlan, 'target' | 'pace' | 'startMs' | 'workers'>,
		LoadPoolOptions {
	readonly targets: readonly Target[];
	readonly workload: Workload;
	readonly pace: Pace | LoadSearch;
	readonly rounds: number;
	readonly clock: Clock;
	readonly cpuSec: () => number;
	readonly watcher?: LoadWatcher;
}

/** Who wants to know how it goes. */
export interface LoadWatcher {
	readonly onInterval?: ((target: Target, round: number, interval: Interval) => void) | undefined;
	readonly onLive?:
		| ((target: Target, recent: Measured, elapsedSec: number, round: number) => void)
		| undefined;
	readonly onTrial?: ((target: Target, trial: Trial) => void) | undefined;
}

export interface Conducted {
	readonly targets: TargetResult[];
	readonly searches: SearchResult[];
	readonly interrupted: boolean;
}

function isSearch(pace: Pace | LoadSearch): pace is LoadSearch {
	return 'objective' in pace;
}

export function modeOf(pace: Pace | LoadSearch): LoadMode {
	if (isSearch(pace)) return 'max';
	return ({ rate: 'rate', ramp: 'ramp', timed: 'trace', closed: 'concurrency' } as const)[pace.kind];
}

export class Conductor {
	readonly #options: LoadOptions;
	readonly #pool: LoadPool;

	constructor(options: LoadOptions) {
		this.#options = options;
		this.#pool = new LoadPool(options);
	}

	/** Ends it soon: what was measured so far is the result. */
	interrupt(): void {
		this.#pool.interrupt();
	}

	/** Runs it. Rejects with a `PetrelError` when a worker cannot do its part. */
	async run(): Promise<Conducted> {
		const { pace } = this.#options;
		try {
			return isSearch(pace) ? await this.#search(pace) : await this.#rounds(pace);
		} finally {
			await this.#pool.close();
		}
	}

	/**
	 * Round after round, every target in each, in an order that turns around each time: what the machine does meanwhile hits
	 * all alike, and nobody always goes first.
	 */
	async #rounds(pace: Pace): Promise<Conducted> {
		const { targets, rounds } = this.#options;
		const results = targets.map((target): TargetResult => {
			return { target: target.text, transport: target.transport, rounds: [] };
		});
		for (let number = 1; number <= rounds; number++) {
			const order = targets.map((_, index) => index);
			if (number % 2 === 0) order.reverse();
			for (const index of order) {
				if (this.#pool.interrupted) break;
				results[index].rounds.push(await this.#round(targets[index], pace, number));
			}
		}
		const interrupted = this.#pool.interrupted;
		return { targets: results, searches: [], interrupted };
	}

	async #search(search: LoadSearch): Promise<Conducted> {
		const { targets, watcher } = this.#options;
		const results: TargetResult[] = [];
		const searches: SearchResult[] = [];
		for (const target of targets) {
			if (this.#pool.interrupted) break;
			const found = await searchHighestRate({
				...search,
				tryRate: (qps, number) =>
					this.#round(target, { kind: 'rate', qps, arrivals: search.arrivals }, number),
				onTrial: (trial) => watcher?.onTrial?.(target, trial),
				interrupted: () => this.#pool.interrupted,
			});
			searches.push(found);
			const rounds = found.trials.filter(({ kept, rateQps }) => kept && rateQps === found.bestQps);
			results.push({
				target: target.text,
				transport: target.transport,
				rounds: (rounds.length > 0 ? rounds : found.trials.slice(-1)).map(({ round }) => round),
			});
		}
		return { targets: results, searches, interrupted: this.#pool.interrupted };
	}

	#round(target: Target, pace: Pace, number: number): Promise<Round> {
		const { clock, cpuSec, watcher } = this.#options;
		const { workload, warmupMs, durationMs, timeoutMs, gatherMs, maxLagMs } = this.#options;
		const { sockets, queriesPerConnection, maxQueries, seed } = this.#options;
		const plan = {
			...{ target, workload, pace, warmupMs, durationMs, timeoutMs, gatherMs, maxLagMs },
			...{ sockets, queriesPerConnection, maxQueries },
			// Every round asks for what the round with its number asks for at the other targets.
			seed: seed + number,
		};
		const { onInterval, onLive } = watcher ?? {};
		return runRound(plan, number, {
			pool: this.#pool,
			clock,
			cpuSec,
			...(onInterval && { onInterval: (interval) => onInterval(target, number, interval) }),
			...(onLive && { onLive: (recent, elapsedSec) => onLive(target, recent, elapsedSec, number) }),
		});
	}
}
