/** `cache`: what each line means, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheOptions } from '../../../src/config/model.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load, modelOf } from './support.ts';

const defaults: CacheOptions = {
	zones: ['.'],
	successTtlMaxSec: 3600,
	successTtlMinSec: 0,
	denialTtlMaxSec: 1800,
	denialTtlMinSec: 0,
	servfailSec: 5,
	disableSuccess: [],
	disableDenial: [],
	keepTtl: false,
	serveStale: undefined,
	prefetch: undefined,
	preferPositive: false,
	nxdomainCut: false,
};

const stale = {
	windowSec: 3600,
	mode: 'immediate',
	verifyTimeoutMs: 0,
	replyTtlSec: 30,
	recheckSec: 30,
} as const;

/** What the lines change of the defaults. */
const valid: readonly [lines: string, expected: Partial<CacheOptions>][] = [
	['cache', {}],
	['cache 30', { successTtlMaxSec: 30, denialTtlMaxSec: 30 }],
	['cache +30', { successTtlMaxSec: 30, denialTtlMaxSec: 30 }],
	['cache Example.org 10.0.0.0/8', { zones: ['example.org.', '10.in-addr.arpa.'] }],
	['cache 30 a. b', { successTtlMaxSec: 30, denialTtlMaxSec: 30, zones: ['a.', 'b.'] }],
	['cache {\n}', {}],
	['cache {\nsuccess 9984\n}', {}],
	['cache {\nsuccess 9984 60\n}', { successTtlMaxSec: 60 }],
	[
		'cache {\nsuccess 9984 60 10\ndenial 0 5 1\n}',
		{ successTtlMaxSec: 60, successTtlMinSec: 10, denialTtlMaxSec: 5, denialTtlMinSec: 1 },
	],
	['cache 30 {\ndenial 9984 5\n}', { successTtlMaxSec: 30, denialTtlMaxSec: 5 }],
	['cache {\nservfail 0\n}', { servfailSec: 0 }],
	['cache {\nservfail 5m\n}', { servfailSec: 300 }],
	['cache {\nservfail 1500ms\n}', { servfailSec: 2 }],
	['cache {\nprefetch 10\n}', { prefetch: { amount: 10, durationSec: 60, percentage: 10 } }],
	['cache {\nprefetch 10 2m 25%\n}', { prefetch: { amount: 10, durationSec: 120, percentage: 25 } }],
	['cache {\nprefetch 0\n}', {}],
	['cache {\nserve_stale\n}', { serveStale: stale }],
	['cache {\nserve_stale 30s\n}', { serveStale: { ...stale, windowSec: 30 } }],
	['cache {\nserve_stale verify\n}', { serveStale: { ...stale, mode: 'verify' } }],
	['cache {\nserve_stale 1h immediate\n}', { serveStale: stale }],
	[
		'cache {\nserve_stale 1h immediate 10s 1m\n}',
		{ serveStale: { ...stale, replyTtlSec: 10, recheckSec: 60 } },
	],
	['cache {\nserve_stale 1h verify\n}', { serveStale: { ...stale, mode: 'verify' } }],
	[
		'cache {\nserve_stale 1h verify 1800ms\n}',
		{ serveStale: { ...stale, mode: 'verify', verifyTimeoutMs: 1800 } },
	],
	[
		'cache {\nserve_stale 1h verify 0 0s 5m\n}',
		{ serveStale: { ...stale, mode: 'verify', replyTtlSec: 0, recheckSec: 300 } },
	],
	['cache {\nserve_stale 0s\n}', {}],
	[
		'cache {\nserve_stale\nserve_stale_policy prefer_positive\n}',
		{ serveStale: stale, preferPositive: true },
	],
	['cache {\nserve_stale\nprefer_positive\n}', { serveStale: stale, preferPositive: true }],
	['cache {\ndisable success\n}', { disableSuccess: ['.'] }],
	['cache {\ndisable denial a b\ndisable denial c\n}', { disableDenial: ['a.', 'b.', 'c.'] }],
	['cache {\nkeepttl\nnxdomain_cut\n}', { keepTtl: true, nxdomainCut: true }],
];

for (const [lines, expected] of valid) {
	test(`cache: ${JSON.stringify(lines)}`, () => {
		assert.deepEqual(blockOf(`${lines}\nwhoami`).cache, { ...defaults, ...expected });
	});
}

test("cache: its zones are the block's unless it names some", () => {
	const [block] = modelOf('a b:54 B:55 {\ncache\nwhoami\n}').blocks;
	assert.deepEqual(block.cache?.zones, ['a.', 'b.']);
});

const inBlock = (lines: string): string => `. {\nwhoami\n${lines}\n}\n`;

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['cache 0', { at: '3:7', message: /TTL must be at least 1/ }],
	['cache -5', { at: '3:7', message: /TTL must be at least 1/ }],
	['cache 99999999999', { at: '3:7', message: /TTL must be at most 2147483647/ }],
	['cache a..b', { at: '3:7', message: /empty label/ }],
	['cache\ncache', { at: '4:1', message: /stands twice/, hint: /line 3/ }],
	[
		'cache {\nsuccess\n}',
		{ at: '4:1', message: /`success` needs CAPACITY/, hint: /success CAPACITY \[TTL \[MINTTL\]\]/ },
	],
	['cache {\nsuccess 1 2 3 4\n}', { at: '4:15', message: /at most 3 arguments, not 4/ }],
	[
		'cache {\nsuccess 1 60s\n}',
		{ at: '4:11', message: /TTL must be an integer/, hint: /without a unit: `60`/ },
	],
	['cache {\ndenial 1 0\n}', { at: '4:10', message: /TTL must be at least 1/ }],
	['cache {\ndenial 1 5 -1\n}', { at: '4:12', message: /MINTTL must be at least 0/ }],
	['cache {\nservfail 6m\n}', { at: '4:10', message: /DURATION must be 0s to 5m/ }],
	['cache {\nservfail 5\n}', { at: '4:10', message: /must be a duration/, hint: /`5s`/ }],
	['cache {\nservfail\n}', { at: '4:1', message: /needs DURATION/ }],
	['cache {\nprefetch 10 1m 25\n}', { at: '4:16', message: /must be a percentage/, hint: /`25%`/ }],
	['cache {\nprefetch 10 1m 9%\n}', { at: '4:16', message: /10% to 90%/ }],
	['cache {\nprefetch -1\n}', { at: '4:10', message: /AMOUNT must be at least 0/ }],
	['cache {\nserve_stale 3600\n}', { at: '4:13', message: /must be a duration/, hint: /`3600s`/ }],
	['cache {\nserve_stale -1s\n}', { at: '4:13', message: /0s to 8760h/ }],
	[
		'cache {\nserve_stale 1h sometimes\n}',
		{ at: '4:16', message: /does not know `sometimes`/, hint: /immediate, verify/ },
	],
	['cache {\nserve_stale 1h immediate 30s 30s 30s\n}', { at: '4:34', message: /takes at most/ }],
	['cache {\nserve_stale 1h verify 1s 1s 6m\n}', { at: '4:29', message: /FAILURE_RECHECK must be 0s to 5m/ }],
	['cache {\ndisable all\n}', { at: '4:9', message: /does not know `all`/ }],
	['cache {\nkeepttl yes\n}', { at: '4:9', message: /takes no arguments/ }],
	['cache {\nsucess 1\n}', { at: '4:1', message: /no option `sucess`/, hint: /did you mean `success`/ }],
	['cache {\nkeepttl {\n}\n}', { at: '4:1', message: /has no block/ }],
];

for (const [lines, expected] of invalid) {
	test(`cache: ${JSON.stringify(lines)} is an error`, () => assertError(inBlock(lines), expected));
}

const odd: readonly [name: string, lines: string, expected: ExpectedFinding][] = [
	[
		'a TTL with a unit is a zone',
		'cache 3600s',
		{ at: '3:7', message: /read as a zone/, hint: /`cache 3600`/ },
	],
	[
		'so it is behind a TTL',
		'cache 30 1h',
		{ at: '3:10', message: /only names in `1h\.`/, hint: /`cache 3600`/ },
	],
	[
		'CAPACITY bounds nothing',
		'cache {\nsuccess 9984\ndenial 99\n}',
		{ at: '4:9', message: /9984 bounds nothing/, hint: /--cache-size/ },
	],
	['an option twice', 'cache {\nservfail 1s\nservfail 2s\n}', { at: '5:1', message: /stands twice/ }],
	['a time finer than seconds', 'cache {\nservfail 1500ms\n}', { at: '4:10', message: /rounded up to 2s/ }],
	[
		'prefer_positive alone',
		'cache {\nprefer_positive\n}',
		{ at: '3:1', message: /does nothing without `serve_stale`/ },
	],
	[
		'a stale window of 0',
		'cache {\nserve_stale 0s verify\n}',
		{ at: '4:13', message: /serves nothing stale/ },
	],
];

for (const [name, lines, expected] of odd) {
	test(`cache: ${name}, with a warning`, () => assertWarning(inBlock(lines), expected));
}

test('cache: MINTTL above TTL gives way, with a warning', () => {
	const lines = 'cache {\nsuccess 1 5 9\n}';
	assert.equal(blockOf(`${lines}\nwhoami`).cache?.successTtlMinSec, 5);
	assert.ok(load(inBlock(lines)).warnings.some(({ message }) => /MINTTL 9 is above TTL 5/.test(message)));
});

test('cache: `cache 3600s` keeps the meaning it has in CoreDNS', () => {
	assert.deepEqual(blockOf('whoami\ncache 3600s').cache, { ...defaults, zones: ['3600s.'] });
});
