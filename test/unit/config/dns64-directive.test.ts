import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dns64Options } from '../../../src/config/model/rewriting.ts';
import { assertError, blockOf, type ExpectedFinding } from './support.ts';

const wellKnown: Dns64Options = {
	prefix: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
	prefixBytes: 12,
	translateAll: false,
	allowIpv4: false,
};
const other = [0x20, 1, 0xd, 0xb8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

const valid: readonly [lines: string, expected: Dns64Options][] = [
	['dns64', wellKnown],
	['dns64 64:ff9b::/96', wellKnown],
	['dns64 2001:db8:100::/40', { ...wellKnown, prefix: other, prefixBytes: 5 }],
	// What stands behind the length is no part of the prefix.
	['dns64 {\nprefix 2001:db8:1ff::/40\n}', { ...wellKnown, prefix: other, prefixBytes: 5 }],
	['dns64 {\ntranslate_all\nallow_ipv4\n}', { ...wellKnown, translateAll: true, allowIpv4: true }],
];

for (const [lines, expected] of valid) {
	test(`dns64: ${JSON.stringify(lines)}`, () =>
		assert.deepEqual(blockOf(`${lines}\nwhoami`).dns64, expected));
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['dns64 64:ff9b::', { at: '2:7', message: /not an IPv6 prefix/, hint: /64:ff9b::\/96/ }],
	['dns64 10.0.0.0/8', { at: '2:7', message: /not an IPv6 prefix/ }],
	['dns64 64:ff9b::/129', { at: '2:7', message: /not an IPv6 prefix/ }],
	['dns64 64:ff9b::/72', { at: '2:7', message: /length cannot be used/, hint: /RFC 6052/ }],
	['dns64 64:ff9b::/96 b', { at: '2:20', message: /at most 1 argument/ }],
	['dns64 {\nprefix\n}', { at: '3:1', message: /needs PREFIX/ }],
	['dns64 {\nprefix x\n}', { at: '3:8', message: /not an IPv6 prefix/ }],
	['dns64 {\ntranslate\n}', { at: '3:1', message: /no option `translate`/ }],
	['dns64 {\nallow_ipv4 yes\n}', { at: '3:12', message: /no arguments/ }],
	['dns64\ndns64', { at: '3:1', message: /stands twice/ }],
];

for (const [lines, expected] of invalid) {
	test(`dns64 refuses ${JSON.stringify(lines)}`, () => assertError(`. {\n${lines}\nwhoami\n}`, expected));
}
