/**
 * Goal: a running server says what its hit ratio would be at half, twice and four times its size. Method: petrel in a process of
 * its own with a cache that is too small for the names that are asked for, against a scripted upstream; what it exports is held
 * against its own counters.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, sumOf } from '../support/exposition.ts';
import { askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { scrape } from '../support/integration/http.ts';

const limit = { timeout: 120_000 };
const corefile = (target: string): string =>
	`. {\n\tcache\n\tprometheus 127.0.0.1:0\n\tforward . ${target}\n}\nother.test {\n\tcache\n\tforward . ${target}\n}\n`;
const gauge = 'petrel_cache_size_hit_ratio_estimate';

test('four sizes are exported, and the one that there is hits as the counters say', limit, async (t) => {
	const { petrel } = await startHouse(t, corefile, { args: ['--cache-size', '2MiB'] });
	assert.deepEqual(find(await scrape(petrel), gauge), [], 'nobody has asked yet');
	const names = 400;
	for (let round = 0; round < 3; round++) {
		for (let first = 0; first < names; first += 50) {
			await Promise.all(Array.from({ length: 50 }, (_, i) => askUdp(petrel, `n${first + i}.test`)));
		}
	}
	const exposition = await scrape(petrel);
	const estimates = find(exposition, gauge);
	assert.deepEqual(
		estimates.map(({ labels }) => labels),
		[{ size: '0.5' }, { size: '1' }, { size: '2' }, { size: '4' }],
	);
	const asked = sumOf(exposition, 'coredns_cache_requests_total')!;
	const known = sumOf(exposition, 'coredns_cache_hits_total')! / asked;
	assert.equal(asked, 3 * names);
	// Of the three rounds the first finds nothing; all fits at every size.
	assert.ok(Math.abs(known - 2 / 3) < 0.05, `${known}`);
	for (const { value, labels } of estimates) {
		assert.ok(Math.abs(value - known) < 0.02, `${labels.size}: ${value}, it is ${known}`);
	}
	const bytes = sumOf(exposition, 'petrel_cache_size_estimate_bytes')!;
	assert.ok(bytes > 0 && bytes < 0.1 * sumOf(exposition, 'petrel_cache_size_bytes')!);
});

test('a larger cache would answer what this one has lost', limit, async (t) => {
	const { petrel } = await startHouse(t, corefile, { args: ['--cache-size', '1MiB'] });
	const names = 24_000;
	for (let round = 0; round < 2; round++) {
		for (let first = 0; first < names; first += 100) {
			await Promise.all(Array.from({ length: 100 }, (_, i) => askUdp(petrel, `n${first + i}.test`)));
		}
	}
	const exposition = await scrape(petrel);
	const at = (size: string): number =>
		find(exposition, gauge).find(({ labels }) => labels.size === size)!.value;
	assert.ok(sumOf(exposition, 'coredns_cache_evictions_total')! > names / 2);
	assert.ok(at('4') > 0.45 && at('4') < 0.52, `${at('4')}`);
	assert.ok(at('0.5') <= at('1') + 0.02 && at('1') < at('4') - 0.1);
});
