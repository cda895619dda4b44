import { type CounterName, counterNames } from '../hot/counters.ts';
import { counterTexts } from './counter-texts.ts';
import type { MetricSpec } from './metric.ts';

/** Those whose differences between shards say something; of the others only the sum is shown. */
const perShard: ReadonlySet<CounterName> = new Set([
	'queries_udp',
	'queries_tcp',
	'udp_batches',
	'udp_kernel_drops',
	'faults',
]);

function counterMetric(name: CounterName): MetricSpec {
	const common = { name: `petrel_${name}_total`, type: 'counter', help: counterTexts[name] } as const;
	if (!perShard.has(name)) {
		return {
			...common,
			labels: [],
			samples: (source) => [{ value: source.counters().reduce((sum, row) => sum + row[name], 0) }],
			seriesMax: () => 1,
		};
	}
	return {
		...common,
		labels: ['shard'],
		// The last row is the main thread's, which has no queries.
		samples: (source) => {
			const rows = source.counters();
			return rows.slice(0, -1).map((row, shard) => ({ value: row[name], labels: { shard } }));
		},
		seriesMax: ({ shards }) => shards,
	};
}

/** Every counter, under its own name. */
export const counterMetrics: readonly MetricSpec[] = counterNames.map(counterMetric);
