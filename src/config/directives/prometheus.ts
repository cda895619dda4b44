import { readHttpAddress } from '../http-address.ts';
import type { PrometheusOptions } from '../model/operations.ts';
import { type ArgumentSpec, directive } from './spec.ts';

const address: ArgumentSpec = {
	name: 'ADDRESS',
	kind: 'word',
	optional: true,
	default: 'localhost:9153',
	text: 'where it listens, in the forms that [health](#health) knows',
};

export const prometheus = directive<PrometheusOptions>({
	name: 'prometheus',
	summary: 'metrics over HTTP',
	text: [
		"`GET /metrics` is answered with every metric in Prometheus's text format: those of CoreDNS, under its names, labels " +
			'and buckets, and more under `petrel_`. [metrics.md](metrics.md) lists them.',
		'All queries are counted, whatever blocks have the directive: it opens the endpoint. Rendering takes at most a ' +
			'thousandth of the time of the main thread; scrapes that come faster share the next one.',
	],
	args: [address],
	options: [
		{
			name: 'runtime_metrics',
			args: [],
			text: "changes nothing: it is about Go's runtime",
			ignored: 'because Node.js has no such metrics; `nodejs_*` and `process_*` are there without it',
			apply: () => {},
		},
	],
	refusedOptions: {
		tls: 'remove the line; let a proxy on this machine speak TLS, or scrape over a network that is trusted',
	},
	once: true,
	coredns: [
		'queries of blocks without the directive are counted too',
		'`coredns_cache_entries` is given once for a block, under its first address; `coredns_cache_evictions_total` and ' +
			'`coredns_cache_drops_total` once for the process',
		'the four `coredns_forward_*` series that CoreDNS dropped in 1.11 are there beside their successors',
		'`go_*` is absent; there is `nodejs_*`',
		'`GET` and `HEAD` only; CoreDNS answers every method',
	],
	tests: [
		'unit/config/http-directives',
		'unit/metrics/registry',
		'integration/metrics',
		'integration/dashboards/dashboards',
	],
	example: `. {
    prometheus 127.0.0.1:9253
    forward . 192.0.2.1
}`,
	begin: (values, { statement, report }) => {
		const [word] = values.words(address.name);
		const listen = word ? readHttpAddress(word, report) : undefined;
		return { at: statement.name.at, ...(listen ?? { address: '127.0.0.1', port: 9153 }) };
	},
	end: (draft, { block }) => {
		block.prometheus = draft;
	},
});
