/**
 * What public dashboards and alert rules for CoreDNS ask Prometheus for: names of metrics, labels that are grouped by or
 * shown, and labels that must have a value. (`job`, `instance`, `cluster` come from Prometheus itself.)
 *
 * - kube-prometheus-stack: the CoreDNS dashboard of prometheus-community/helm-charts (grafana.com 12539)
 * - deliveryhero: the dashboard of the chart node-local-dns
 * - dotdc: "Kubernetes / System / CoreDNS" (grafana.com 15762), its older form and the one for CoreDNS from 1.11 on
 * - coredns-mixin: povilasv/coredns-mixin, dashboard and alert rules
 */
export interface DashboardQuery {
	readonly by: readonly string[];
	/** One of them is enough: dashboards ask for older names too. */
	readonly metrics: readonly string[];
	/** Labels that the samples must have. */
	readonly labels?: readonly string[];
	/** Labels with values that are selected. */
	readonly where?: Readonly<Record<string, string>>;
	/** 0 is what it should say. */
	readonly mayBeZero?: true;
}

const stack = 'kube-prometheus-stack';
const hero = 'deliveryhero';
const dotdc = 'dotdc';
const mixin = 'coredns-mixin';
const alert = 'coredns-mixin alerts';

const sizes = ['coredns_dns_request_size_bytes_bucket', 'coredns_dns_response_size_bytes_bucket'].flatMap(
	(name) =>
		['udp', 'tcp'].map((proto): DashboardQuery => {
			return { by: [stack, hero], metrics: [name], labels: ['le', 'proto'], where: { proto } };
		}),
);

export const dashboardQueries: readonly DashboardQuery[] = [
	{
		by: [stack, hero],
		metrics: ['coredns_dns_request_count_total', 'coredns_dns_requests_total'],
		labels: ['proto'],
	},
	{
		by: [stack, hero],
		metrics: ['coredns_dns_request_type_count_total', 'coredns_dns_requests_total'],
		labels: ['type'],
	},
	{
		by: [stack, hero],
		metrics: ['coredns_dns_request_count_total', 'coredns_dns_requests_total'],
		labels: ['zone'],
	},
	{ by: [stack, hero], metrics: ['coredns_dns_request_do_count_total', 'coredns_dns_do_requests_total'] },
	...sizes,
	{
		by: [stack, hero],
		metrics: ['coredns_dns_response_rcode_count_total', 'coredns_dns_responses_total'],
		labels: ['rcode'],
	},
	{ by: [stack, hero], metrics: ['coredns_dns_request_duration_seconds_bucket'], labels: ['le'] },
	{ by: [stack, hero], metrics: ['coredns_cache_size', 'coredns_cache_entries'], labels: ['type'] },
	{ by: [stack, hero, dotdc], metrics: ['coredns_cache_hits_total'], labels: ['type'] },
	// They group by `type`, which this metric does not have anywhere: one line.
	{ by: [stack, hero, dotdc], metrics: ['coredns_cache_misses_total'] },
	{ by: [dotdc], metrics: ['process_cpu_seconds_total'] },
	{ by: [dotdc], metrics: ['process_resident_memory_bytes'] },
	{ by: [dotdc], metrics: ['coredns_build_info'], labels: ['version'] },
	{ by: [dotdc], metrics: ['coredns_dns_requests_total'], where: { proto: 'udp' } },
	{ by: [dotdc], metrics: ['coredns_dns_requests_total'], where: { proto: 'tcp' } },
	{
		by: [dotdc],
		metrics: ['coredns_dns_request_size_bytes_sum'],
		labels: ['proto'],
		where: { proto: 'udp' },
	},
	{ by: [dotdc], metrics: ['coredns_dns_requests_total'], labels: ['type'] },
	{ by: [dotdc], metrics: ['coredns_dns_responses_total'], labels: ['rcode'] },
	{ by: [dotdc], metrics: ['coredns_forward_requests_total'] },
	{
		by: [dotdc],
		metrics: ['coredns_forward_responses_total'],
		labels: ['rcode'],
		where: { rcode: 'SERVFAIL' },
	},
	{
		by: [dotdc],
		metrics: ['coredns_forward_responses_total'],
		labels: ['rcode'],
		where: { rcode: 'REFUSED' },
	},
	{
		by: [dotdc],
		metrics: ['coredns_proxy_request_duration_seconds_count'],
		labels: ['proxy_name', 'to', 'rcode'],
	},
	{ by: [dotdc], metrics: ['coredns_cache_entries'], labels: ['type'] },
	{ by: [mixin], metrics: ['coredns_panics_total'], mayBeZero: true },
	{ by: [mixin], metrics: ['coredns_dns_responses_total'], labels: ['rcode'] },
	{ by: [mixin], metrics: ['coredns_forward_responses_total'], labels: ['rcode'] },
	{ by: [mixin], metrics: ['coredns_dns_request_duration_seconds_bucket'], labels: ['server', 'zone', 'le'] },
	{ by: [mixin], metrics: ['coredns_forward_request_duration_seconds_bucket'], labels: ['to', 'le'] },
	{ by: [mixin], metrics: ['coredns_dns_requests_total'], labels: ['type'] },
	{ by: [mixin], metrics: ['coredns_dns_requests_total'], labels: ['zone'] },
	{ by: [mixin], metrics: ['coredns_forward_requests_total'], labels: ['to'] },
	{ by: [mixin], metrics: ['coredns_plugin_enabled'], labels: ['name'] },
	{
		by: [mixin],
		metrics: ['coredns_dns_request_size_bytes_bucket'],
		labels: ['server', 'zone', 'proto', 'le'],
	},
	{
		by: [mixin],
		metrics: ['coredns_dns_response_size_bytes_bucket'],
		labels: ['server', 'zone', 'proto', 'le'],
	},
	{ by: [mixin], metrics: ['coredns_cache_hits_total'], labels: ['type'] },
	{ by: [mixin], metrics: ['coredns_cache_misses_total'] },
	{ by: [mixin], metrics: ['coredns_cache_entries'], labels: ['type'] },
	{ by: [mixin], metrics: ['process_resident_memory_bytes'] },
	{ by: [mixin], metrics: ['process_cpu_seconds_total'] },
	{ by: [mixin], metrics: ['go_goroutines'] },
	{ by: [mixin], metrics: ['coredns_build_info'] },
	{ by: [alert], metrics: ['coredns_dns_request_duration_seconds_bucket'], labels: ['server', 'zone', 'le'] },
	{ by: [alert], metrics: ['coredns_dns_responses_total'], where: { rcode: 'SERVFAIL' } },
	{ by: [alert], metrics: ['coredns_forward_request_duration_seconds_bucket'], labels: ['to', 'le'] },
	{ by: [alert], metrics: ['coredns_forward_responses_total'], where: { rcode: 'SERVFAIL' } },
	{ by: [alert], metrics: ['coredns_forward_healthcheck_failures_total'], labels: ['to'] },
	{ by: [alert], metrics: ['coredns_forward_healthcheck_broken_total'] },
];

/** Asked for, and absent on purpose: docs/metrics.md says so. */
export const absent: readonly string[] = ['go_goroutines'];
