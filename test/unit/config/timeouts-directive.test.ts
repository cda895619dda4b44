import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimeoutsOptions } from '../../../src/config/model/operations.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load } from './support.ts';

const nothing: TimeoutsOptions = {
	at: { file: 'Corefile', line: 2, column: 1 },
	readMs: undefined,
	writeMs: undefined,
	idleMs: undefined,
	maxQueries: undefined,
};

const valid: readonly [lines: string, expected: Partial<TimeoutsOptions>][] = [
	['read 30s', { readMs: 30_000 }],
	['read 10\nwrite 20\nidle 1h', { readMs: 10_000, writeMs: 20_000, idleMs: 3_600_000 }],
	['maxtcpqueries 128', { maxQueries: 128 }],
	['maxtcpqueries -1', { maxQueries: 0 }],
];

for (const [lines, expected] of valid) {
	test(`timeouts: ${JSON.stringify(lines)}`, () => {
		assert.deepEqual(blockOf(`timeouts {\n${lines}\n}\nwhoami`).timeouts, { ...nothing, ...expected });
	});
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['timeouts', { at: '2:1', message: /names no limit/ }],
	['timeouts {\n}', { at: '2:1', message: /names no limit/ }],
	['timeouts 10s {\nread 1s\n}', { at: '2:10', message: /no arguments/ }],
	['timeouts {\nread\n}', { at: '3:1', message: /needs DURATION/ }],
	['timeouts {\nread snake\n}', { at: '3:6', message: /must be a duration/ }],
	['timeouts {\nread 1s 2s\n}', { at: '3:9', message: /exactly 1 argument/ }],
	['timeouts {\nidle 0\n}', { at: '3:6', message: /1s to 24h/ }],
	['timeouts {\nread 48h\n}', { at: '3:6', message: /1s to 24h/ }],
	['timeouts {\nmaxtcpqueries 0\n}', { at: '3:15', message: /would answer nothing/, hint: /-1/ }],
	['timeouts {\nmaxtcpqueries -2\n}', { at: '3:15', message: /at least -1/ }],
	['timeouts {\ngiraffe 1s\n}', { at: '3:1', message: /no option `giraffe`/ }],
];

for (const [lines, expected] of invalid) {
	test(`timeouts refuses ${JSON.stringify(lines)}`, () => assertError(`. {\n${lines}\nwhoami\n}`, expected));
}

const first = 'a {\ntimeouts {\nread 2s\n}\nwhoami\n}\n';

test('blocks at one address that differ in their timeouts are warned of', () => {
	const expected = { at: '8:1', message: /Corefile:2 are for the same address and differ/ };
	assertWarning(`${first}b {\ntimeouts {\nread 3s\n}\nwhoami\n}`, expected);
	assertWarning(`${first}b {\ntimeouts {\nidle 9s\nread 3s\n}\nbind 127.0.0.1\nwhoami\n}`, expected);
});

test('blocks that agree, or are at other addresses, are not', () => {
	const others = [
		'b {\ntimeouts {\nread 2s\nidle 9s\n}\nwhoami\n}',
		'b {\ntimeouts {\nidle 9s\n}\nwhoami\n}',
		'b:54 {\ntimeouts {\nread 3s\n}\nwhoami\n}',
		'b {\nwhoami\n}',
	];
	for (const other of others) assert.deepEqual(load(`${first}${other}`).warnings, [], other);
});
