/** Writes `docs/metrics.md` from the table of metrics. */
import type { MetricSpec } from './metric.ts';
import type { SeriesSizes } from './source.ts';
import { allMetrics, defaultSeriesMax, metricGroups, ownMetrics, seriesMax } from './table.ts';

/** Upstreams that a resolv.conf can stand for. */
const maxOfResolvConf = 15;

/** A node of a cluster: the four zones of NodeLocal DNSCache's Corefile at two addresses. */
const nodeLocal: SeriesSizes = {
	rows: 2 * 2 * (4 + 1) + 1,
	servers: 2,
	blocks: 3,
	upstreams: 2 + maxOfResolvConf,
	shards: 4,
	hosts: 3,
};

const introduction = `# Metrics

<!-- Written by scripts/write-docs.ts from src/metrics/registry/: change it there, then run \`npm run docs\`. -->

\`prometheus\` in a server block opens \`/metrics\` ([corefile.md](corefile.md#prometheus)). What CoreDNS 1.14 exposes is there
under its names, labels and buckets, so dashboards and alerts for CoreDNS and NodeLocal DNSCache have data; so are the
four \`coredns_forward_*\` metrics that CoreDNS dropped in 1.11, which many of them still ask for. What petrel counts beside
that is under \`petrel_\`.

- Only label sets that occurred are shown, metrics without labels always.
- No name, client address or upstream's answer is a label, so the number of series is bounded by the Corefile. For
  NodeLocal DNSCache's on two addresses, with four workers and a resolv.conf, the bound is SERIES;
  \`${ownMetrics.seriesMax.name}\` is that of the running configuration.
- A rendering takes the main thread, never a worker, and at most about 1 % of its time: who scrapes faster waits for the
  next rendering and shares it. No text is older than the question for it.
- \`go_goroutines\` and the other \`go_*\` metrics are absent: a panel that shows goroutines stays empty. \`nodejs_*\` and \`process_*\`
  (prom-client's) tell of the process. \`coredns_dns_https_*\` and \`coredns_dns_quic_*\` are absent too: there is no DNS over
  HTTPS or QUIC for clients.
- Label values that CoreDNS does not have: \`zone="overflow"\`, for queries beyond 1024 pairs of a listener and a zone.
- A hit takes a few microseconds, and all of CoreDNS's buckets begin at 250 µs: \`petrel_dns_request_duration_seconds\` has finer
  ones.
`;

const alerts: readonly (readonly [what: string, query: string])[] = [
	[
		'99 % of the queries take longer than 4 s',
		'histogram_quantile(0.99, sum by (server, zone, le) (rate(coredns_dns_request_duration_seconds_bucket[5m]))) > 4',
	],
	[
		'more than 1 % of the replies are SERVFAIL',
		'sum(rate(coredns_dns_responses_total{rcode="SERVFAIL"}[5m])) / sum(rate(coredns_dns_responses_total[5m])) > 0.01',
	],
	[
		'an upstream is slow',
		'histogram_quantile(0.99, sum by (to, le) (rate(coredns_proxy_request_duration_seconds_bucket[5m]))) > 4',
	],
	[
		'an upstream answers SERVFAIL',
		'sum by (to) (rate(coredns_forward_responses_total{rcode="SERVFAIL"}[5m])) / sum by (to) (rate(coredns_forward_responses_total[5m])) > 0.01',
	],
	[
		'health probes of an upstream fail',
		'sum by (to) (rate(coredns_proxy_healthcheck_failures_total[5m])) > 0',
	],
	['all upstreams of a forward are down', 'rate(coredns_forward_healthcheck_broken_total[5m]) > 0'],
	['a thread died, or a message was lost to a fault', 'increase(coredns_panics_total[10m]) > 0'],
	['a shard does not listen', 'petrel_shard_listening == 0'],
	['datagrams are lost since the receive buffer is full', 'sum(rate(petrel_udp_kernel_drops_total[5m])) > 0'],
	[
		'the share of hits',
		'sum(rate(coredns_cache_hits_total[5m])) / sum(rate(coredns_cache_requests_total[5m]))',
	],
	[
		'the main thread is late',
		'histogram_quantile(0.99, rate(coredns_health_request_duration_seconds_bucket[5m])) > 0.25',
	],
	['the configuration on disk was not taken over', 'increase(coredns_reload_failed_total[10m]) > 0'],
];

/** The whole document. */
export function renderMetricsDocument(): string {
	// The part that depends on the Node.js that runs is left out, so that the document does not.
	const bound = seriesMax(nodeLocal) - defaultSeriesMax();
	const rows = alerts.map(([what, query]) => `| ${what} | \`${query}\` |`);
	return `${[
		introduction.replace('SERIES', `${bound} and about a hundred of prom-client's`),
		'## Queries for alerts\n',
		'| to see that | ask Prometheus |',
		'| --- | --- |',
		...rows,
		'',
		...metricGroups.flatMap(({ title, text, metrics }) => [
			`## ${title}\n`,
			`${text}\n`,
			...tableOf(metrics),
			'',
		]),
		'## The exposition itself\n',
		'| metric | type | what it says |',
		'| --- | --- | --- |',
		...Object.values(ownMetrics).map(({ name, help }) => `| \`${name}\` | gauge | ${help} |`),
	].join('\n')}\n`;
}

function tableOf(metrics: readonly MetricSpec[]): string[] {
	const rows = metrics.map(({ name, type, labels, help, note }) => {
		const names = labels.map((label) => `\`${label}\``).join(' ');
		return `| \`${name}\` | ${type} | ${names} | ${note === undefined ? help : `${help}; ${note}`} |`;
	});
	return ['| metric | type | labels | what it says |', '| --- | --- | --- | --- |', ...rows];
}

/** Metrics that the queries for alerts ask for and nobody exposes: none. For a test. */
export function unknownAlertMetrics(): string[] {
	const names = new Set(allMetrics.map(({ name }) => name));
	const asked = alerts.flatMap(([, query]) => query.match(/\b(?:coredns|petrel)_\w+/g) ?? []);
	return asked.filter((name) => !names.has(name.replace(/_(bucket|sum|count)$/, '')));
}
