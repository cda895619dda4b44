import { ByPopularity } from './by-popularity.ts';
import { InOrder } from './in-order.ts';
import { PlainQueries } from './plain-queries.ts';
import { PrefixedQueries } from './prefixed-queries.ts';
import type { QuerySource } from './query-source.ts';
import { HitRatioSource, PlainSource, PrefixedSource } from './sources.ts';
import type { SourcePlace, Workload } from './workload.ts';

/** Opens a workload for one thread. The same workload and place give the same queries. */
export function openSource(workload: Workload, place: SourcePlace): QuerySource {
	const { draw, set, prefix, timed } = workload;
	if (draw.kind === 'hit-ratio') {
		return new HitRatioSource(draw, new PlainQueries(set), new PrefixedQueries(set, place.seed), place);
	}
	const order =
		draw.kind === 'in-order' ? new InOrder(set, timed, draw.repeat, place) : new ByPopularity(draw, place);
	return prefix
		? new PrefixedSource(order, new PrefixedQueries(set, place.seed))
		: new PlainSource(order, new PlainQueries(set));
}
