/**
 * RFC 8767 §4 amends the definition of TTL: a number whose most significant bit is set is positive and large, and is
 * capped like any other that is too large; it is not 0, as RFC 2181 §8 had it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../unit/cache/judged.ts';
import { a, soa } from '../../unit/wire/messages.ts';

const qname = 'www.example.';
const bounds = { successMinSec: 0, successMaxSec: 3600, denialMinSec: 0, denialMaxSec: 1800 };

for (const ttlSec of [0x8000_0000, 0x8000_0001, 0xffff_ffff]) {
	test(`a TTL of 0x${ttlSec.toString(16)} is capped, not 0`, () => {
		const { lifetimeSec, records } = judge({ qname, answer: [a('@', ttlSec)] }, { bounds });
		assert.deepEqual([lifetimeSec, records[0].ttlSec], [3600, 3600]);
	});

	test(`a SOA with TTL and MINIMUM of 0x${ttlSec.toString(16)} is capped, not 0`, () => {
		const { lifetimeSec, records } = judge(
			{ qname, rcode: 3, authority: [soa('example.', ttlSec, ttlSec)] },
			{ bounds },
		);
		assert.deepEqual([lifetimeSec, records[0].ttlSec], [1800, 1800]);
	});
}
