/** RFC 6052 §2.4 has a table of one address behind every length of prefix. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ipaddr from 'ipaddr.js';
import { writeTranslated } from '../../../src/rewrite/dns64.ts';

const table: readonly [prefix: string, bits: number, expected: string][] = [
	['2001:db8::', 32, '2001:db8:c000:221::'],
	['2001:db8:100::', 40, '2001:db8:1c0:2:21::'],
	['2001:db8:122::', 48, '2001:db8:122:c000:2:2100::'],
	['2001:db8:122:300::', 56, '2001:db8:122:3c0:0:221::'],
	['2001:db8:122:344::', 64, '2001:db8:122:344:c0:2:2100::'],
	['2001:db8:122:344::', 96, '2001:db8:122:344::192.0.2.33'],
	['64:ff9b::', 96, '64:ff9b::192.0.2.33'],
];

for (const [prefix, bits, expected] of table) {
	test(`192.0.2.33 behind ${prefix}/${bits}`, () => {
		const from = Uint8Array.of(9, 9, 192, 0, 2, 33, 9);
		const to = new Uint8Array(18).fill(0xee);
		writeTranslated(Uint8Array.from(ipaddr.parse(prefix).toByteArray()), bits / 8, from, 2, to, 1);
		assert.equal(ipaddr.fromByteArray([...to.subarray(1, 17)]).toString(), ipaddr.parse(expected).toString());
		assert.deepEqual([to[0], to[17]], [0xee, 0xee]);
	});
}
