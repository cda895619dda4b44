import { seriesRow } from '../../src/metrics/hot/series-layout.ts';
import type { QueryLabels } from '../../src/metrics/hot/series-sums.ts';

/** What the rows stand for where an engine is given none: each listener's zones and what belongs to none of them. */
export function plainRows(
	listeners: Iterable<readonly [number, Omit<QueryLabels, 'zone'>]>,
	zones: readonly string[],
): Map<number, QueryLabels> {
	const rows = new Map<number, QueryLabels>();
	for (const [listener, labels] of listeners) {
		for (const [zone, name] of [...zones, 'dropped'].entries()) {
			rows.set(seriesRow(listener, zone, zones.length), { ...labels, zone: name });
		}
	}
	return rows;
}
