/**
 * Goal: entries of DNS answers live, expire and go as others have counted it. Method: LRU, by ours and by the package
 * lru-cache, over a log of Zeek, whose hits and expired entries are known at three sizes; and over libCacheSim's sample of a
 * block trace with its TTL. Skipped where the traces are not.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import { readDnsRequests } from '../../../../src/lab/simulate/read-dns.ts';
import { readObjects } from '../../../../src/lab/simulate/read-objects.ts';
import { gather, outcome, type Requests } from '../../../../src/lab/simulate/requests.ts';
import { readCsv } from '../../../../src/lab/traces/csv.ts';
import { Numbering } from '../../../../src/lab/traces/numbering.ts';
import { openTrace } from '../../../../src/workload/read/open-trace.ts';
import { tracePath, unlessTrace } from '../../workload/read/traces.ts';
import { cacheOf, simulate } from './support.ts';

const zeek = 'zeek-dns.log.gz';
const blocks = 'cloudPhysicsIO.csv.gz';
const mebibyte = 1 << 20;

describe('a log of Zeek, de-duplicated', unlessTrace(zeek), () => {
	const names = new NameTable();
	let requests: Requests;
	before(async () => {
		const trace = openTrace(tracePath(zeek), { duplicatesWithinMs: 10, keepIncomplete: true });
		requests = await gather(readDnsRequests(trace, names, false));
	});

	test('is as many requests and keys as others found', () => {
		assert.deepEqual([requests.count, names.count], [24_132, 2063]);
		const counts = [0, 0, 0, 0];
		for (const result of requests.outcomes) counts[result]++;
		const byName = Object.fromEntries(Object.entries(outcome).map(([name, value]) => [name, counts[value]]));
		// NXDOMAIN in 951 rows, NOERROR without TTLs in 1,149; no RCODE in 2,524, SERVFAIL and NOTIMP in 5; REFUSED in 2.
		assert.deepEqual(byName, { positive: 19_501, negative: 2100, failure: 2529, other: 2 });
	});

	for (const policy of ['lru', 'lru-cache']) {
		test(`${policy} of 64, 1,024 and endless entries`, () => {
			const found = [64, 1024, requests.count].map((entries) => {
				const { hits, misses } = simulate(cacheOf(policy, entries, requests), requests);
				return { hits: hits.all, expired: misses.expired };
			});
			assert.deepEqual(found, [
				{ hits: 15_933, expired: 25 },
				{ hits: 18_007, expired: 1640 },
				{ hits: 18_022, expired: 1806 },
			]);
		});
	}
});

describe('a block trace with a TTL', unlessTrace(blocks), () => {
	let requests: Requests;
	before(async () => {
		requests = await gather(readObjects(readCsv(tracePath(blocks)), new Numbering(), { ttlSec: 2400 }));
	});

	test("LRU misses what libCacheSim's LRU misses, in number and octets", () => {
		const results = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => {
			const capacity = { unit: 'bytes', bytes: step * 128 * mebibyte } as const;
			// There an entry lasts to the end of its last second.
			return simulate(cacheOf('lru', 0, requests, { capacity, lastsToTheEnd: true }), requests);
		});
		assert.deepEqual(
			results.map(({ misses }) => misses.all),
			[93240, 87890, 83268, 81743, 72649, 72284, 72165, 72086],
		);
		assert.deepEqual([results[0].missBytes, results[7].missBytes], [4_035_856_384, 3_075_259_904]);
	});
});
