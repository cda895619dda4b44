import { PetrelError } from '../util/errors.ts';
import { describe } from './describe-workload.ts';
import type { PlanOptions } from './plan-options.ts';
import { Planner } from './planner.ts';
import type { TraceQuery } from './trace-query.ts';
import type { Workload } from './workload.ts';

export interface TraceOptions extends PlanOptions {
	/** Where the queries come from, for messages and the description: a file's name. */
	readonly source: string;
	/**
	 * Each query is due at its own time; only in order. By default where all have one. Queries that are not in the order of
	 * their times are put in it.
	 */
	readonly timed?: boolean;
}

/**
 * A workload of recorded queries, all of them held in memory. Throws `PETREL_CONFIG`, with source and line, for what cannot
 * be; whatever the iterable throws goes through.
 */
export async function planTrace(
	queries: Iterable<TraceQuery> | AsyncIterable<TraceQuery>,
	options: TraceOptions,
): Promise<Workload> {
	const plan = new TracePlan(options);
	// Waiting for each of many million queries that are there already would take longer than all else.
	if (Symbol.iterator in queries) for (const query of queries) plan.add(query);
	else for await (const query of queries) plan.add(query);
	return plan.finish();
}

class TracePlan {
	readonly #options: TraceOptions;
	readonly #planner: Planner;
	/** Undefined until the first query says. */
	#timed: boolean | undefined;

	constructor(options: TraceOptions) {
		const inOrder = options.draw === undefined || options.draw.kind === 'in-order';
		if (options.timed && !inOrder) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`${options.source}: the times of its queries hold only in order; leave either them or the draw out`,
			);
		}
		this.#options = options;
		this.#timed = inOrder ? options.timed : false;
		this.#planner = new Planner(options);
	}

	add(query: TraceQuery): void {
		try {
			this.#add(query);
		} catch (error) {
			if (!(error instanceof PetrelError)) throw error;
			throw new PetrelError('PETREL_CONFIG', `${this.#options.source}:${query.line}: ${error.message}`, {
				cause: error,
			});
		}
	}

	#add(query: TraceQuery): void {
		const { qname, qtype, atMs, absolute = false } = query;
		this.#timed ??= !Number.isNaN(atMs);
		if (this.#timed && !Number.isFinite(atMs)) {
			throw new PetrelError(
				'PETREL_CONFIG',
				'this query has no time, and all must have one to be asked at their own times; ask at a rate instead',
			);
		}
		this.#planner.add(qname, qtype, query, this.#timed ? atMs : Number.NaN, absolute);
	}

	finish(): Workload {
		const { source } = this.#options;
		const { names } = this.#planner;
		if (names === 0) throw new PetrelError('PETREL_CONFIG', `${source} has no queries`);
		const timed = this.#timed ?? false;
		const what = `${names.toLocaleString('en')} ${names === 1 ? 'query' : 'queries'} of ${source}`;
		return this.#planner.finish(timed, 0, describe(what, timed, this.#options));
	}
}
