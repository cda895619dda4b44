import type { Census } from '../../cache/census.ts';
import type { ServerBlock } from '../../config/model.ts';
import { isInZone } from '../../config/zone-name.ts';
import { cacheLayout, mainWriter, type SharedState } from '../../engine/shared-state.ts';
import { Outstanding, UpstreamStates } from '../../forward/upstream-state.ts';
import { type CounterName, Counters, counter, sumCounters } from '../../metrics/hot/counters.ts';
import { sumUpstreamSeries, type UpstreamSums } from '../../metrics/hot/series-sums.ts';
import { hostPort } from '../../net/bind-error.ts';
import { forwardsOf } from '../forwards.ts';
import { upstreamsPerForward } from '../shard-messages.ts';
import type {
	CacheStatus,
	ForwardStatus,
	QueryTotals,
	ShardSample,
	ShardStatus,
	UpstreamStatus,
} from './control-target.ts';
import type { ServerView } from './server-view.ts';

type CounterSums = Readonly<Record<CounterName, number>>;

export function countersOf(shared: SharedState): CounterSums {
	return sumCounters(shared.counters);
}

export function queryTotals(counters: CounterSums): QueryTotals {
	const queries = counters.queries_udp + counters.queries_tcp;
	const { hits_positive, hits_negative, hits_failure, hits_nxdomain_cut, hits_stale, misses } = counters;
	const hits = hits_positive + hits_negative + hits_failure + hits_nxdomain_cut;
	return {
		queries_total: queries,
		hits_total: hits,
		stale_total: hits_stale,
		misses_total: misses,
		other_total: Math.max(0, queries - hits - hits_stale - misses),
	};
}

export function cacheStatus(shared: SharedState, census: Census, counters: CounterSums): CacheStatus {
	const { bucketCount, bucketWords, slotsAt } = cacheLayout(shared.cacheBytes);
	const { hits_total, stale_total, misses_total } = queryTotals(counters);
	const served = hits_total + stale_total;
	return {
		budget_bytes: shared.cacheBytes,
		size_bytes: bucketCount * (bucketWords - slotsAt) * 4,
		used_bytes: census.usedBytes,
		positive_count: census.kinds.positive,
		negative_count: census.kinds.negative,
		failure_count: census.kinds.failure,
		exact: census.exact,
		inserted_total:
			counters.cache_inserted_positive +
			counters.cache_inserted_negative +
			counters.cache_inserted_failure +
			counters.cache_inserted_large,
		evicted_total:
			counters.cache_evicted_positive + counters.cache_evicted_negative + counters.cache_evicted_failure,
		flushed_total: counters.flushed_entries,
		hit_ratio: served + misses_total === 0 ? null : served / (served + misses_total),
	};
}

/** An upstream with what was counted of it. */
export interface MeasuredUpstream extends UpstreamStatus {
	readonly sums: UpstreamSums | undefined;
}

export interface MeasuredForward extends ForwardStatus {
	readonly upstreams: readonly MeasuredUpstream[];
}

/** Every forward with its upstreams, as shared memory has them. */
export function forwardsIn(view: ServerView): MeasuredForward[] {
	const { shared, model, upstreams } = view;
	const states = new UpstreamStates(shared.upstreams, mainWriter(shared));
	const outstanding = new Outstanding(shared.outstanding, shared.shards, 0);
	const sums = new Map(
		sumUpstreamSeries(shared.upstreamSeries, view.series.upstreams).map((sum) => [sum.to, sum]),
	);
	const zones = model.blocks.flatMap((block) => block.forwards.map(({ from }) => zonesOf(block, from)));
	return forwardsOf(model).map((options, forward) => ({
		zones: zones[forward],
		place: `${options.at.file}:${options.at.line}`,
		policy: options.policy,
		in_flight_count: outstanding.count(forward),
		upstreams: (upstreams[forward]?.upstreams ?? []).map(({ address, port }, place) => {
			const number = forward * upstreamsPerForward + place;
			const counted = sums.get(hostPort(address, port));
			return {
				address,
				port,
				state: states.isDown(number, options.maxFails) ? ('down' as const) : ('up' as const),
				failures_count: states.failures(number),
				queries_total: counted?.requests ?? 0,
				sums: counted,
			};
		}),
	}));
}

function zonesOf({ keys }: ServerBlock, from: string): string[] {
	const zones = [...new Set(keys.map(({ zone }) => zone))].filter((zone) => isInZone(zone, from));
	return zones.length > 0 ? zones : [from];
}

export function shardSample(shared: SharedState, status: ShardStatus): ShardSample {
	const row = new Counters(shared.counters, status.shard);
	return {
		...status,
		queries_total: row.get(counter.queries_udp) + row.get(counter.queries_tcp),
		batches_total: row.get(counter.udp_batches),
		kernel_drops_total: row.get(counter.udp_kernel_drops),
	};
}
