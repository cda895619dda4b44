/** `health`, `ready` and `prometheus`: where they listen, their options, and what is wrong in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertError, assertWarning, blockOf, type ExpectedFinding, modelOf } from './support.ts';

const addresses: readonly [written: string, address: string, port: number][] = [
	[':18080', '', 18080],
	['127.0.0.1:18080', '127.0.0.1', 18080],
	['localhost:18080', '127.0.0.1', 18080],
	['[FD00:0::A]:18080', 'fd00::a', 18080],
	['[::]:18080', '::', 18080],
	['0.0.0.0:0', '0.0.0.0', 0],
];

for (const name of ['health', 'ready', 'prometheus'] as const) {
	for (const [written, address, port] of addresses) {
		test(`${name} ${written}`, () => {
			const options = blockOf(`${name} ${written}\nwhoami`)[name];
			assert.deepEqual([options?.address, options?.port], [address, port]);
		});
	}

	const wrong: readonly [written: string, hint: RegExp][] = [
		['18080', /write `:18080`/],
		['localhost', /needs a port/],
		['127.0.0.1', /needs a port/],
		['::1', /`\[::1\]:8080`/],
		['[::1]', /for example/],
		['[127.0.0.1]:80', /IPv6 address stands in the brackets/],
		['10.0.0.300:80', /0 to 255/],
		['dns.example.org:80', /not resolved here/],
		['http://127.0.0.1:80', /scheme/],
		[':http', /for example/],
		['__PILLAR__LOCAL__DNS__:8080', /169\.254\.20\.10/],
	];
	for (const [written, hint] of wrong) {
		test(`${name} ${written} is an error`, () =>
			assertError(`. {\n${name} ${written}\nwhoami\n}\n`, {
				at: `2:${name.length + 2}`,
				message: /is not an address with a port/,
				hint,
			}));
	}

	test(`${name} :65536 is an error`, () =>
		assertError(`. {\n${name} :65536\nwhoami\n}\n`, { at: `2:${name.length + 2}`, message: /0 to 65535/ }));

	test(`${name} takes one address`, () =>
		assertError(`. {\n${name} :1 :2\nwhoami\n}\n`, {
			at: `2:${name.length + 5}`,
			message: /at most 1 argument/,
		}));
}

test("without an address they listen where CoreDNS's do", () => {
	const { health, ready, prometheus } = blockOf('health\nready\nprometheus\nwhoami');
	assert.deepEqual([health?.address, health?.port, health?.lameduckMs], ['', 8080, 0]);
	assert.deepEqual([ready?.address, ready?.port, ready?.monitor], ['', 8181, 'until-ready']);
	assert.deepEqual([prometheus?.address, prometheus?.port], ['127.0.0.1', 9153]);
	assert.deepEqual(prometheus?.at, { file: 'Corefile', line: 4, column: 1 });
});

test('their options', () => {
	const { health, ready } = blockOf(
		'health {\nlameduck 1m5s\n}\nready :1 {\nmonitor continuously\n}\nwhoami',
	);
	assert.equal(health?.lameduckMs, 65_000);
	assert.equal(ready?.monitor, 'continuously');
	assert.equal(blockOf('health {\nlameduck 0s\n}\nwhoami').health?.lameduckMs, 0);
	assert.equal(blockOf('ready {\nmonitor until-ready\n}\nwhoami').ready?.monitor, 'until-ready');
});

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['health {\nlameduck 5\n}', { at: '3:10', message: /DURATION must be a duration/, hint: /5s/ }],
	['health {\nlameduck -5s\n}', { at: '3:10', message: /DURATION must be 0s to 1h/ }],
	['health {\nlameduck\n}', { at: '3:1', message: /needs DURATION/ }],
	['health {\nlameduk 5s\n}', { at: '3:1', message: /no option `lameduk`/, hint: /lameduck/ }],
	['ready {\nmonitor forever\n}', { at: '3:9', message: /does not know `forever`/, hint: /until-ready/ }],
	['ready {\nmonitor\n}', { at: '3:1', message: /needs MODE/ }],
	['ready\nready :1', { at: '3:1', message: /stands twice/ }],
	['prometheus\nprometheus :1', { at: '3:1', message: /stands twice/ }],
	[
		'prometheus {\ntls web.yml\n}',
		{ at: '3:1', message: /does not have `prometheus \{ tls \}`/, hint: /proxy/ },
	],
	['prometheus {\nfoo\n}', { at: '3:1', message: /no option `foo`/ }],
];

for (const [lines, expected] of invalid) {
	test(`${JSON.stringify(lines)} is an error`, () => assertError(`. {\n${lines}\nwhoami\n}\n`, expected));
}

test('what changes nothing is a warning', () => {
	assertWarning('. {\nwhoami\nprometheus {\nruntime_metrics\n}\n}', {
		at: '4:1',
		message: /changes nothing.*nodejs_/,
	});
	assertWarning('. {\nwhoami\nhealth :1\nhealth :2\n}', { at: '4:1', message: /this one holds, not line 3/ });
	const { blocks } = modelOf('. {\nwhoami\nhealth :1\nhealth :2\n}');
	assert.equal(blocks[0].health?.port, 2);
});
