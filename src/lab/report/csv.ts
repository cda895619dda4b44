import type { SimulationResult } from '../simulate/result.ts';
import type { StudyReport, StudyRun } from '../study/report.ts';

type Value = string | number | boolean | undefined;
type Cell = (run: StudyRun, report: StudyReport) => Value;

const ofResult =
	(value: (result: SimulationResult) => number): Cell =>
	({ result }) =>
		result && value(result);

/** Names of columns, units last, and what stands in them. */
const cells: readonly (readonly [string, Cell])[] = [
	['source', (_, { source }) => source.name],
	['policy', ({ policy }) => policy],
	['size', ({ size }, { sizes }) => sizes[size].written],
	['size_unit', ({ size }, { sizes }) => sizes[size].unit],
	['size_amount', ({ size }, { sizes }) => sizes[size].amount],
	['problem', ({ problem }) => problem],
	['requests', ofResult(({ requests }) => requests)],
	['hits', ofResult(({ hits }) => hits.all)],
	['hits_positive', ofResult(({ hits }) => hits.positive)],
	['hits_negative', ofResult(({ hits }) => hits.negative)],
	['stale_hits', ofResult(({ staleHits }) => staleHits)],
	['misses', ofResult(({ misses }) => misses.all)],
	['misses_first', ofResult(({ misses }) => misses.first)],
	['misses_expired', ofResult(({ misses }) => misses.expired)],
	['misses_capacity', ofResult(({ misses }) => misses.capacity)],
	['misses_capacity_then_expired', ofResult(({ misses }) => misses.capacityThenExpired)],
	['misses_uncacheable', ofResult(({ misses }) => misses.uncacheable)],
	['miss_bytes', ofResult(({ missBytes }) => missBytes)],
	['hit_ratio', ofResult(({ hitRatio }) => hitRatio.byRequests)],
	['hit_ratio_by_bytes', ofResult(({ hitRatio }) => hitRatio.byBytes)],
	['hit_ratio_by_rtt', ofResult(({ hitRatio }) => hitRatio.byRtt)],
	['hit_ratio_error', ({ sampled }) => sampled?.error],
	['stale_share', ofResult(({ staleShare }) => staleShare)],
	['upstream_queries', ofResult(({ upstream }) => upstream.queries)],
	['upstream_refreshes', ofResult(({ upstream }) => upstream.refreshes)],
	['upstream_prefetches', ofResult(({ upstream }) => upstream.prefetches)],
	['upstream_saved', ofResult(({ upstream }) => upstream.saved)],
	['upstream_saved_per_mib', ofResult(({ upstream }) => upstream.savedPerMib)],
	['peak_held', ofResult(({ memory }) => memory.peakHeld)],
	['peak_entries', ofResult(({ memory }) => memory.peakEntries)],
	['peak_bytes', ofResult(({ memory }) => memory.peakBytes)],
	['mean_bytes', ofResult(({ memory }) => memory.meanBytes)],
	['expired_share', ofResult(({ memory }) => memory.expiredShare)],
	['once_share', ofResult(({ memory }) => memory.onceShare)],
	['evictions', ofResult(({ evictions }) => evictions)],
	['cleaned_up', ofResult(({ cleanedUp }) => cleanedUp)],
	['not_admitted', ofResult(({ notAdmitted }) => notAdmitted)],
	['requests_per_s', ({ requestsPerSec }) => requestsPerSec],
	['memory_per_key_bytes', ({ memoryPerKeyBytes }) => memoryPerKeyBytes],
	['sampled_rate', ({ sampled }) => sampled?.rate],
	['unlimited_hit_ratio', (_, { unlimitedHitRatio }) => unlimitedHitRatio],
];

/** A header, then a line a run (RFC 4180, its lines ended as everywhere on Unix). What there is none of is empty. */
export function renderCsv(report: StudyReport): string {
	const lines = report.runs.map((run) => cells.map(([, cell]) => fieldOf(cell(run, report))).join(','));
	return `${[cells.map(([name]) => name).join(','), ...lines].join('\n')}\n`;
}

function fieldOf(value: Value): string {
	if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
	const text = String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
