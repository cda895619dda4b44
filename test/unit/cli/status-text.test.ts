/** Goal: `petrel status` says all that a person asks first, in 80 columns; trouble stands out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flushText, requestOf } from '../../../src/cli/flush.ts';
import { statusText } from '../../../src/cli/status-text.ts';
import { statusNow } from './samples.ts';

const status80 = `petrel 9.9.9, process 77, up 1h 1m, Node.js 26.0.0, linux-x64
started    2026-11-20 10:15:02 UTC
transport  native, steering flow
config     /etc/coredns/Corefile  sha256 0123456789ab
           loaded 2026-11-20 10:15:01 UTC, not reloaded since
listening  169.254.20.10:53  [::1]:53
cache      ████░░░░░░░░░░░░ 25.0 %: 7 MiB of 28 MiB (budget 32 MiB)
           entries: 1,000 positive, 200 negative, 34 failure
           since the start: 100,000 stored, 5,000 evicted, 0 flushed
queries    1,000,000 since the start, hit ratio 90.0 %
           800,000 hits, 10,000 stale, 100,000 misses, 90,000 other

WORKER  STATE            LAG  REPLACED
     0  listening     300 µs         -
     1  listening  no answer         1

UPSTREAM                   ZONES          STATE  FAILURES  QUERIES  OPEN  POLICY
10.96.0.10:53              cluster.loca…  up            -   70,000     3  random
[2001:db8:1:2:3:4:5:6]:53  .              down         16        0     3  random
`;

test('the status at 80 columns', () => {
	const text = statusText(statusNow(), 80);
	assert.equal(text, status80);
});

test('no line is wider than 80 columns, whatever it shows', () => {
	const endpoints = Array.from({ length: 30 }, (_, place) => ({
		address: `2001:db8:1:2:3:4:5:${place}`,
		port: 5300,
	}));
	const long = statusNow({
		endpoints,
		config: {
			files: [{ path: `/${'x'.repeat(100)}`, sha256: 'f'.repeat(64) }],
			loaded_at: '2026-11-20T10:15:01.000Z',
		},
	});
	for (const line of statusText(long, 80).split('\n')) assert.ok(line.length <= 80, line);
	assert.match(statusText(long, 200), /f{12}/);
});

test('a reload that failed says where and why; one that went well, when', () => {
	const at = '2026-11-20T11:00:00.000Z';
	const place = { file: 'Corefile', line: 4, column: 2 };
	const failed = statusNow({ reload: { result: 'failed', at, message: '`forwrd` is no directive', place } });
	assert.match(
		statusText(failed, 80),
		/LAST RELOAD FAILED, 2026-11-20 11:00:00 UTC; the one before goes on:\n +Corefile:4:2: `forwrd` is no directive\n/,
	);
	const ok = statusText(statusNow({ reload: { result: 'ok', at } }), 80);
	assert.match(ok, /last reload ok, 2026-11-20 11:00:00 UTC/);
	assert.doesNotMatch(ok, /not reloaded/);
});

test('what is not there is said: no file, no forward, no upstream, no hit, no address, an estimate', () => {
	const { cache } = statusNow();
	const text = statusText(
		statusNow({
			config: { files: [], loaded_at: '2026-11-20T10:15:01.000Z' },
			endpoints: [],
			forwards: [],
			transport: { name: 'dgram', reason: 'the addon is not built', steering: 'flow' },
			cache: { ...cache, exact: false, hit_ratio: null },
		}),
		80,
	);
	for (const part of [
		/from flags, no file/,
		/nowhere/,
		/no forward, so no upstreams/,
		/the addon is not built/,
	]) {
		assert.match(text, part);
	}
	assert.match(text, /about 1,000 positive/);
	assert.match(text, /hit ratio -/);
});

test('what was flushed, by kind, and what could not be', () => {
	const report = {
		schema: 1,
		removed: { positive: 3, negative: 1, failure: 1, cut: 0, large: 2 },
		removed_count: 7,
		took_ms: 4.2,
		locked_count: 0,
		silent_workers: [],
	} as const;
	assert.equal(
		flushText(report),
		'removed 7 entries (3 positive, 1 negative, 1 failure, 2 large) in 4.2 ms\n',
	);
	const none = { positive: 0, negative: 0, failure: 0, cut: 0, large: 0 };
	assert.equal(flushText({ ...report, removed: none, removed_count: 0 }), 'removed 0 entries in 4.2 ms\n');
	assert.match(
		flushText({ ...report, locked_count: 2, silent_workers: [1] }),
		/2 parts .*\nworker 1 did not answer/,
	);
});

test('what a flush is of: one thing, or a usage error', () => {
	assert.deepEqual(requestOf('a.example', { suffix: true, type: 'A', block: '.' }), {
		name: 'a.example',
		suffix: true,
		type: 'A',
		block: '.',
	});
	assert.deepEqual(requestOf(undefined, { all: true }), { all: true });
	for (const [name, options] of [
		[undefined, {}],
		['a', { all: true }],
		[undefined, { all: true, suffix: true }],
		['a..b', {}],
		['a', { type: 'AAAAA' }],
	] as const) {
		assert.throws(() => requestOf(name, options), { code: 'PETREL_CONFIG' });
	}
});
