/**
 * Goal: the loop closes: a workload that petrel serves, recorded and simulated with the cache that serves, has the hit ratio
 * that petrel had. Method: draws by Zipf's law from more names than the cache holds, a third of them with a TTL of a second.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { LiveCache } from '../../src/lab/live-cache/live-cache.ts';
import { NameTable } from '../../src/lab/simulate/name-table.ts';
import { readDnsRequests } from '../../src/lab/simulate/read-dns.ts';
import { Simulation } from '../../src/lab/simulate/simulation.ts';
import type { ServerStatus } from '../../src/server/control/control-target.ts';
import { seededRandom } from '../../src/util/random.ts';
import { openTrace } from '../../src/workload/read/open-trace.ts';
import { Zipf } from '../../src/workload/zipf.ts';
import { UdpClient } from '../support/integration/client.ts';
import { controlJson } from '../support/integration/control-json.ts';
import { startHouse } from '../support/integration/house.ts';
import { makeQuery } from '../support/integration/message.ts';
import { spawnPetrel, temporaryDirectory } from '../support/integration/petrel.ts';

const limit = { timeout: 120_000 };
const queries = 50_000;
const names = 15_000;
const atOnce = 32;
const cacheBytes = 1 << 20;

function nameOf(rank: number): string {
	const kind = rank % 3 === 0 ? 'ttl1.' : rank % 7 === 0 ? 'soattl1.nx.' : 'count8.';
	return `${kind}host-${rank}.zone.test`;
}

test('recorded and simulated, the hit ratio is that of the server', limit, async (t) => {
	const house = await startHouse(t, undefined, { workers: 2, args: ['--cache-size', '1MiB'] });
	const { petrel } = house;
	const path = join(await temporaryDirectory(t), 'loop.log.zst');
	const recorder = await spawnPetrel(t, ['record', path, '--control', petrel.control, '--hash-names'], {
		cwd: '/',
	});
	await petrel.logged(/queries are recorded, /);
	const zipf = new Zipf(names, 0.8);
	const random = seededRandom(3);
	const ranks = Array.from({ length: queries }, () => zipf.draw(random));
	let next = 0;
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			const client = await UdpClient.open(petrel);
			while (next < ranks.length) await client.exchange(makeQuery(nameOf(ranks[next++])));
			client.close();
		}),
	);
	const { totals, cache } = await controlJson<ServerStatus>(house, 'status');
	recorder.signal('SIGINT');
	assert.equal((await recorder.exited).code, 0);
	assert.match(recorder.stderr, /recorded 50,000 queries .* 0 could not be handed over/);
	assert.equal(totals.hits_total + totals.misses_total, queries);
	assert.ok(cache.evicted_total > 1000, `${cache.evicted_total} evictions: the cache is to be too small`);

	const table = new NameTable();
	const live = new LiveCache({ bytes: (cacheBytes * 7) / 8, names: table, seed: 1 });
	const simulation = new Simulation(live);
	const trace = openTrace(path);
	for await (const batch of readDnsRequests(trace, table, false)) simulation.run(batch);
	const { requests, hitRatio } = simulation.result();
	assert.equal(requests, queries);
	const served = totals.hits_total / queries;
	t.diagnostic(`served ${served}, simulated ${hitRatio.byRequests}, ${cache.evicted_total} evictions`);
	assert.ok(
		Math.abs(hitRatio.byRequests - served) < 0.01,
		`served ${served}, simulated ${hitRatio.byRequests}`,
	);
});
