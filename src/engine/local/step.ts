import type { Counters } from '../../metrics/hot/counters.ts';
import type { QuerySeries } from '../../metrics/hot/query-series.ts';
import type { EngineIo, QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';

/** What a step does with a query. */
export const outcome = {
	/** It is for whoever comes next. */
	passed: 0,
	/** `hand.answer` is the answer. */
	answered: 1,
	/** It gets no reply. */
	dropped: 2,
} as const;

/** What the steps need of the engine that they run in. */
export interface StepParts {
	readonly io: EngineIo;
	readonly counters: Counters;
	readonly series: QuerySeries;
}

/** One directive that answers by itself. */
export interface Step {
	/** A value of `plugin`. */
	readonly by: number;
	/** Looks at the query in hand. Returns a value of `outcome`. Never throws. */
	look(hand: QueryInHand, source: QuerySource, parts: StepParts): number;
}
