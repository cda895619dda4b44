import { coreDurationBoundsMs, durationBoundsMs } from '../../metrics/hot/series-layout.ts';
import {
	type Histogram,
	type QuerySums,
	sumQuerySeries,
	type UpstreamSums,
} from '../../metrics/hot/series-sums.ts';
import type { HistogramSample, UpstreamSample, ZoneSample } from './control-target.ts';
import { addedUp } from './histogram.ts';
import type { MeasuredForward } from './measures.ts';
import type { ServerView } from './server-view.ts';

/** RCODEs of answers as they should be. */
const goodRcodes: readonly string[] = ['NOERROR', 'NXDOMAIN'];

/** What was counted by server and zone, UDP and TCP together. */
export function zoneSamples(view: ServerView): ZoneSample[] {
	const together = new Map<string, ZoneSample>();
	for (const sums of sumQuerySeries(view.shared.querySeries, view.series.queryRows)) {
		const key = `${sums.server} ${sums.zone}`;
		together.set(key, added(together.get(key) ?? emptyZone(sums), sums));
	}
	return [...together.values()];
}

function emptyZone({ server: label, zone }: QuerySums): ZoneSample {
	const server = label.replace(/^dns:\/\//, '');
	const duration = addedUp([], durationBoundsMs);
	return { server, zone, queries_total: 0, hits_total: 0, misses_total: 0, errors_total: 0, duration };
}

function added(to: ZoneSample, sums: QuerySums): ZoneSample {
	const errors = sums.responses.filter(({ rcode }) => !goodRcodes.includes(rcode));
	return {
		...to,
		queries_total: to.queries_total + total(Object.values(sums.requests)),
		hits_total: to.hits_total + sums.cache.hitsSuccess + sums.cache.hitsDenial,
		misses_total: to.misses_total + sums.cache.misses,
		errors_total: to.errors_total + total(errors.map(({ count }) => count)),
		duration: addedUp([to.duration, sampleOf(sums.durationMs)], durationBoundsMs),
	};
}

export function upstreamSamples(forwards: readonly MeasuredForward[]): UpstreamSample[] {
	return forwards.flatMap(({ zones, upstreams }) =>
		upstreams.map(({ address, port, state, queries_total, sums }) => ({
			address,
			port,
			zones,
			state,
			queries_total,
			errors_total: errorsOf(sums),
			duration: addedUp(Object.values(sums?.durationMs ?? {}).map(sampleOf), coreDurationBoundsMs),
		})),
	);
}

function errorsOf(sums: UpstreamSums | undefined): number {
	const bad = Object.entries(sums?.durationMs ?? {}).filter(([rcode]) => !goodRcodes.includes(rcode));
	return total(bad.flatMap(([, { counts }]) => counts));
}

function sampleOf({ bounds, counts }: Histogram): HistogramSample {
	return { bounds_ms: bounds, counts };
}

function total(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0);
}
