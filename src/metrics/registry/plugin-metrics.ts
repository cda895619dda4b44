import { typeLabels } from '../hot/series-layout.ts';
import { type Labels, type MetricSpec, summed } from './metric.ts';
import type { QueryRow } from './source.ts';

const view = '';
const zoneLabels = ({ server, zone }: QueryRow): Labels => ({ server, zone, view });

type AclAction = keyof QueryRow['acl'];

function aclMetric(action: Exclude<AclAction, 'allowed'>, help: string): MetricSpec {
	return {
		name: `coredns_acl_${action}_requests_total`,
		type: 'counter',
		help,
		labels: ['server', 'zone', 'view'],
		samples: (source) => summed(source.queries(), zoneLabels, (row) => row.acl[action]),
		seriesMax: ({ rows }) => rows,
	};
}

/** What directives beside the cache and the forward count. */
export const pluginMetrics: readonly MetricSpec[] = [
	{
		name: 'coredns_plugin_enabled',
		type: 'gauge',
		help: '1 for each directive that answers or changes answers, by zone',
		labels: ['server', 'zone', 'view', 'name'],
		samples: (source) => source.plugins().map((labels) => ({ value: 1, labels: { ...labels, view } })),
		seriesMax: ({ rows }) => rows * pluginNames.length,
	},
	{
		name: 'coredns_acl_allowed_requests_total',
		type: 'counter',
		help: 'queries that `acl` let pass',
		labels: ['server', 'view'],
		samples: (source) =>
			summed(
				source.queries(),
				({ server }) => ({ server, view }),
				(row) => row.acl.allowed,
			),
		seriesMax: ({ servers }) => servers + 1,
	},
	aclMetric('blocked', 'queries that `acl` answered REFUSED'),
	aclMetric('filtered', 'queries that `acl` answered with nothing'),
	aclMetric('dropped', 'queries that `acl` did not answer'),
	{
		name: 'coredns_template_matches_total',
		type: 'counter',
		help: 'queries that a `template` matched',
		labels: ['server', 'zone', 'view', 'class', 'type'],
		note: "`zone` is the server block's; in CoreDNS the template's",
		samples: (source) => {
			const matches = source.queries().flatMap((row) =>
				typeLabels.map((type) => ({
					labels: { ...zoneLabels(row), class: 'IN', type },
					count: row.templateMatches[type],
				})),
			);
			return summed(
				matches,
				({ labels }) => labels,
				({ count }) => count,
			);
		},
		seriesMax: ({ rows }) => rows * typeLabels.length,
	},
	{
		name: 'coredns_dns64_requests_translated_total',
		type: 'counter',
		help: 'answers that `dns64` made',
		labels: ['server'],
		samples: (source) =>
			summed(
				source.queries(),
				({ server }) => ({ server }),
				(row) => row.translated,
			),
		seriesMax: ({ servers }) => servers + 1,
	},
	{
		name: 'coredns_local_localhost_requests_total',
		type: 'counter',
		help: 'queries for `localhost.` below some domain, which say that a resolver searches for it',
		labels: [],
		samples: (source) => [{ value: source.counters().reduce((sum, row) => sum + row.localhost_requests, 0) }],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_hosts_entries',
		type: 'gauge',
		help: 'names and addresses that `hosts` holds',
		labels: ['hostsfile'],
		samples: (source) =>
			(source.hosts?.() ?? []).map(({ path, entries }) => ({ value: entries, labels: { hostsfile: path } })),
		seriesMax: ({ hosts }) => hosts,
	},
	{
		name: 'coredns_hosts_reload_timestamp_seconds',
		type: 'gauge',
		help: 'the time of the hosts file that was read last, since 1970',
		labels: [],
		samples: (source) => {
			const times = (source.hosts?.() ?? []).flatMap(({ reloadedAtMs }) => reloadedAtMs ?? []);
			return times.length === 0 ? [] : [{ value: Math.max(...times) / 1000 }];
		},
		seriesMax: () => 1,
	},
];

/** Directives that stand in `coredns_plugin_enabled`. */
export const pluginNames = [
	'acl',
	'any',
	'bufsize',
	'cache',
	'dns64',
	'errors',
	'forward',
	'header',
	'hosts',
	'loadbalance',
	'local',
	'log',
	'loop',
	'minimal',
	'nsid',
	'prometheus',
	'rewrite',
	'template',
	'whoami',
] as const;
