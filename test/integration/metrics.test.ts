/** Goal: what is exposed is bounded by the configuration, whoever asks for whatever; a scrape does not disturb queries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exposition } from '../support/exposition.ts';
import { find, sumOf } from '../support/exposition.ts';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { httpGet, httpUrl, scrape } from '../support/integration/http.ts';
import { askAsClients } from '../support/integration/many-clients.ts';

const limit = { timeout: 60_000 };
/** The type HTTPS (RFC 9460), by its number. */
const https = 65;
const corefile = (target: string): string =>
	`. {\n\tcache\n\tprometheus 127.0.0.1:0\n\tforward . ${target}\n}\nother.test {\n\tcache\n\tforward . ${target}\n}\n`;

function ownSeries({ samples }: Exposition): string[] {
	return samples
		.filter(({ name }) => /^(coredns|petrel)_/.test(name))
		.map(({ name, labels }) => `${name}${JSON.stringify(labels)}`);
}

test(
	'T98: 10,000 clients with as many names add no series, and their number is below the bound',
	limit,
	async (t) => {
		const { petrel } = await startHouse(t, corefile);
		// Until each label set that this traffic has has occurred: misses, hits, and sockets to the upstream that are used again.
		let asked = 0;
		do {
			await askAsClients(petrel, asked, 500);
			asked += 500;
		} while (
			asked < 5000 &&
			sumOf(await scrape(petrel), 'coredns_proxy_conn_cache_hits_total') === undefined
		);
		await askUdp(petrel, 'name-0.test');
		await scrape(petrel);
		const before = new Set(ownSeries(await scrape(petrel)));
		await askAsClients(petrel, asked, 10_000 - asked);
		const after = await scrape(petrel);
		assert.ok(sumOf(after, 'coredns_dns_requests_total')! >= 10_000);
		const more = ownSeries(after).filter((series) => !before.has(series));
		assert.deepEqual(more, []);
		const bound = sumOf(after, 'petrel_metrics_series_max')!;
		assert.ok(after.samples.length < bound, `${after.samples.length} of ${bound}`);
		assert.ok(bound < 10_000, `the bound is ${bound}`);
		assert.ok(sumOf(after, 'coredns_cache_entries', { zones: '.', type: 'success' })! > 0);
	},
);

test('queries for no zone, of odd types and by TCP have the labels of CoreDNS', limit, async (t) => {
	const only = (target: string): string =>
		`only.test {\n\tprometheus 127.0.0.1:0\n\tcache\n\tforward . ${target}\n}\n`;
	const { petrel } = await startHouse(t, only);
	await askUdp(petrel, 'elsewhere.test', { type: https });
	await askTcp(petrel, 'a.only.test', { type: 65_280 });
	const exposition = await scrape(petrel);
	const server = `dns://127.0.0.1:${petrel.port}`;
	assert.deepEqual(
		find(exposition, 'coredns_dns_requests_total').map(({ labels }) => labels),
		[
			{ server, zone: 'dropped', view: '', proto: 'udp', family: '1', type: 'HTTPS' },
			{ server, zone: 'only.test.', view: '', proto: 'tcp', family: '1', type: 'other' },
		],
	);
	assert.equal(
		sumOf(exposition, 'coredns_dns_responses_total', { zone: 'dropped', rcode: 'REFUSED', plugin: '' }),
		1,
	);
	const zones = find(exposition, 'coredns_plugin_enabled').map(
		({ labels }) => `${labels.zone} ${labels.name}`,
	);
	assert.deepEqual(zones.sort(), ['only.test. cache', 'only.test. forward', 'only.test. prometheus']);
});

test('scrapes that come as fast as they can all get a text, while queries are answered', limit, async (t) => {
	const { petrel } = await startHouse(t, corefile);
	const url = httpUrl(petrel, '/metrics');
	const scrapes = Promise.all(Array.from({ length: 100 }, () => httpGet(url)));
	for (let i = 0; i < 200; i++) assert.equal((await askUdp(petrel, `n${i % 10}.test`)).rcode, 'NOERROR');
	for (const { status } of await scrapes) assert.equal(status, 200);
	assert.equal(sumOf(await scrape(petrel), 'coredns_dns_requests_total'), 200);
});
