/**
 * Goal: who points a CoreDNS dashboard or its alerts at petrel sees data in every panel but one. Method: the metrics and
 * labels that public dashboards and alert rules ask for, held against a scrape of a petrel that has had every kind of
 * traffic.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { find, sumOf } from '../../support/exposition.ts';
import { runToEnd } from '../../support/integration/child.ts';
import { askTcp, askUdp, NoAnswer } from '../../support/integration/client.ts';
import { startScriptedUpstream } from '../../support/integration/house.ts';
import { httpGet, httpUrl, scrape } from '../../support/integration/http.ts';
import { type Petrel, startPetrel } from '../../support/integration/petrel.ts';
import { until } from '../../support/integration/until.ts';
import { absent, dashboardQueries } from './queries.ts';

const dead = '127.0.0.1:1';
const corefile = (target: string): string => `. {
	errors
	cache 30
	prometheus 127.0.0.1:0
	header {
		response set aa
	}
	forward . ${target}
}
down.test {
	cache
	forward . ${dead}
}
`;

async function traffic(petrel: Petrel): Promise<void> {
	const names = ['a.test', 'nx.a.test', 'nodata.a.test', 'servfail.a.test', 'refused.a.test'];
	for (let i = 0; i < 2; i++) {
		for (const name of names) {
			await askUdp(petrel, name);
			await askUdp(petrel, name, { type: 'AAAA', edns: { dnssecOk: true } });
			await askTcp(petrel, name);
		}
	}
	// More than max_fails failures: down, then probed, and queries that find nobody up.
	await until(async () => {
		await askUdp(petrel, `n${Math.random()}.down.test`).catch((thrown) =>
			assert.ok(thrown instanceof NoAnswer),
		);
		const { upstreams_all_down, health_probe_failures } = await petrel.counters();
		return upstreams_all_down > 0 && health_probe_failures > 0;
	});
}

const upstream = await startScriptedUpstream({ after });
const petrel = await startPetrel({ after }, corefile(upstream.target));
await traffic(petrel);
const exposition = await scrape(petrel);

describe('dashboards and alerts', { timeout: 60_000 }, () => {
	for (const { by, metrics, labels = [], where = {}, mayBeZero } of dashboardQueries) {
		if (absent.includes(metrics[0])) continue;
		const selector = Object.entries(where).map(([label, value]) => `${label}="${value}"`);
		test(`${by.join(', ')}: ${metrics.at(-1)}{${selector.join(',')}} by (${labels.join(', ')})`, () => {
			const samples = metrics.flatMap((name) => find(exposition, name, where));
			assert.ok(samples.length > 0, 'no series');
			for (const { labels: has } of samples)
				for (const label of labels)
					assert.ok(Object.hasOwn(has, label), `${label} is not among ${Object.keys(has)}`);
			if (!mayBeZero)
				assert.ok(
					samples.some(({ value }) => value > 0),
					'all series are 0',
				);
		});
	}

	test('what is absent is absent, and said to be in docs/metrics.md', () => {
		const document = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
		for (const name of absent) {
			assert.equal(sumOf(exposition, name), undefined);
			assert.ok(document.includes(`\`${name}\``), name);
		}
	});

	test('the numbers are those of what was asked', () => {
		assert.equal(sumOf(exposition, 'coredns_dns_requests_total', { zone: '.' }), 30);
		assert.equal(
			sumOf(exposition, 'coredns_dns_requests_total', { zone: '.', proto: 'tcp', type: 'A', family: '1' }),
			10,
		);
		assert.equal(sumOf(exposition, 'coredns_dns_do_requests_total'), 10);
		assert.equal(sumOf(exposition, 'coredns_dns_responses_total', { zone: '.', rcode: 'NXDOMAIN' }), 6);
		assert.equal(sumOf(exposition, 'coredns_dns_request_duration_seconds_count', { zone: '.' }), 30);
		assert.equal(sumOf(exposition, 'coredns_cache_requests_total', { zones: '.' }), 30);
		const { address, port } = petrel;
		const servers = new Set(
			find(exposition, 'coredns_dns_requests_total').map(({ labels }) => labels.server),
		);
		assert.deepEqual([...servers], [`dns://${address}:${port}`]);
		// a, nx and nodata by A and AAAA with DO: A answers are two, denials four; failures are of both kinds.
		assert.equal(sumOf(exposition, 'coredns_cache_entries', { zones: '.', type: 'success' }), 2);
		assert.ok(sumOf(exposition, 'coredns_cache_entries', { zones: '.', type: 'denial' })! >= 4);
		// AA is set on whatever did not have it: every reply of the block.
		assert.equal(sumOf(exposition, 'petrel_header_rewrites_total'), 30);
		assert.ok(sumOf(exposition, 'coredns_proxy_healthcheck_failures_total', { to: dead })! > 0);
	});

	test('promtool finds nothing wrong', async (context) => {
		const { body } = await httpGet(httpUrl(petrel, '/metrics'));
		const found = await runToEnd('sh', ['-c', 'command -v promtool']).catch(() => undefined);
		if (found?.code !== 0) return context.skip('promtool is not installed');
		const check = await runToEnd('sh', ['-c', `promtool check metrics <<'EXPOSITION'\n${body}EXPOSITION`]);
		assert.equal(check.code, 0, check.stderr);
	});
});
