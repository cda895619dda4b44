/** Keys of server blocks, and address ranges as reverse zones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCorefile } from '../../../src/config/load.ts';
import { reverseZones } from '../../../src/config/reverse-zones.ts';
import { assertError, assertWarning, type ExpectedFinding, modelOf } from './support.ts';

function keysOf(keys: string): string[] {
	return modelOf(`${keys} {\n whoami\n}\n`).blocks[0].keys.map(({ zone, port }) => `${zone}|${port}`);
}

const valid: readonly [name: string, keys: string, expected: string[]][] = [
	['a name', 'example.org', ['example.org.|53']],
	['a name with a port', 'example.org:5300', ['example.org.|5300']],
	['the root', '.', ['.|53']],
	['the root with a port', '.:1053', ['.|1053']],
	['any free port', '.:0', ['.|0']],
	['the scheme dns', 'dns://example.org dns://.:54', ['example.org.|53', '.|54']],
	['capitals and the last dot', 'Example.ORG.', ['example.org.|53']],
	[
		'underscores, and a classless reverse zone',
		'_tcp.a 0/25.2.0.192.in-addr.arpa',
		['_tcp.a.|53', '0/25.2.0.192.in-addr.arpa.|53'],
	],
	['several keys, by spaces', 'a b:54', ['a.|53', 'b.|54']],
	['several keys, by commas, over lines', 'a, b,\nc,d', ['a.|53', 'b.|53', 'c.|53', 'd.|53']],
	['a range on a boundary', '10.0.0.0/8', ['10.in-addr.arpa.|53']],
	['a range with a port', '10.0.0.0/8:5300', ['10.in-addr.arpa.|5300']],
	['a range between boundaries', '10.2.0.0/15', ['2.10.in-addr.arpa.|53', '3.10.in-addr.arpa.|53']],
	['an IPv6 range', '2001:db8::/32', ['8.b.d.0.1.0.0.2.ip6.arpa.|53']],
	['an IPv6 range in brackets, with a port', '[2001:db8::]/32:54', ['8.b.d.0.1.0.0.2.ip6.arpa.|54']],
];

for (const [name, keys, expected] of valid) {
	test(`key: ${name}`, () => assert.deepEqual(keysOf(keys), expected));
}

const ranges: readonly [range: string, count: number, first: string, last: string][] = [
	['0.0.0.0/0', 1, 'in-addr.arpa.', 'in-addr.arpa.'],
	['192.0.2.128/25', 128, '128.2.0.192.in-addr.arpa.', '255.2.0.192.in-addr.arpa.'],
	['192.0.2.77/32', 1, '77.2.0.192.in-addr.arpa.', '77.2.0.192.in-addr.arpa.'],
	['10.1.2.3/8', 1, '10.in-addr.arpa.', '10.in-addr.arpa.'],
	['172.16.0.0/12', 16, '16.172.in-addr.arpa.', '31.172.in-addr.arpa.'],
	['172.20.0.0/12', 16, '16.172.in-addr.arpa.', '31.172.in-addr.arpa.'],
	['2001:db8::/33', 8, '0.8.b.d.0.1.0.0.2.ip6.arpa.', '7.8.b.d.0.1.0.0.2.ip6.arpa.'],
	['fe80::/10', 4, '8.e.f.ip6.arpa.', 'b.e.f.ip6.arpa.'],
];

for (const [range, count, first, last] of ranges) {
	test(`reverse zones of ${range}`, () => {
		const zones = reverseZones(range);
		assert.ok(Array.isArray(zones));
		assert.deepEqual([zones.length, zones[0], zones.at(-1)], [count, first, last]);
	});
}

test('what is no range is left to others', () => {
	for (const text of ['example.org', 'a/24', '10.0.0/8', '10.0.0.0', '10.0.0.0/', '0x7f.0.0.1/8']) {
		assert.equal(reverseZones(text), undefined, text);
	}
});

const invalid: readonly [name: string, key: string, expected: ExpectedFinding][] = [
	[
		'tls://',
		'tls://example.org:853',
		{ at: '1:1', message: /does not serve DNS over TLS/, hint: /`example\.org`/ },
	],
	['https://', 'https://.', { at: '1:1', message: /DNS over HTTPS/ }],
	['grpc://', 'grpc://.', { at: '1:1', message: /DNS over gRPC/ }],
	['quic://', 'quic://.', { at: '1:1', message: /DNS over QUIC/ }],
	['an unknown scheme', 'http://.', { at: '1:1', message: /not a protocol/ }],
	['a port that is too large', 'a .:65536', { at: '1:3', message: /`65536` is not a port/ }],
	['an empty port', 'example.org:', { at: '1:1', message: /is not a port/ }],
	[
		'a port that is a word',
		'example.org:dns',
		{ at: '1:1', message: /contains ":"/, hint: /port is a number/ },
	],
	[
		'a range that is too long',
		'10.0.0.0/33',
		{ at: '1:1', message: /not an address range/, hint: /0 to 32/ },
	],
	['an IPv6 address', '2001:db8::1', { at: '1:1', message: /is an address/, hint: /`bind`/ }],
	['an empty label', 'a..b', { at: '1:1', message: /empty label/ }],
	['a label of 64 octets', 'a'.repeat(64), { at: '1:1', message: /at most 63 octets/ }],
	['a name of 256 octets', 'a.'.repeat(128), { at: '1:1', message: /at most 255 octets/ }],
	['an international name', 'müller.example', { at: '1:1', message: /contains "ü"/, hint: /xn--/ }],
	[
		'a placeholder',
		'__PILLAR__DNS__DOMAIN__:53',
		{ at: '1:1', message: /not a zone/, hint: /cluster\.local/ },
	],
];

for (const [name, key, expected] of invalid) {
	test(`key: ${name} is an error`, () => assertError(`${key} {\n whoami\n}\n`, expected));
}

test('key: a wildcard and an IPv4 address are names, with a warning', () => {
	assertWarning('*.example.org {\n whoami\n}', { at: '1:1', message: /literal \*/, hint: /`example\.org`/ });
	assertWarning('127.0.0.1:1053 {\n whoami\n}', { at: '1:1', message: /not as an address/, hint: /`bind`/ });
});

test('key: the default port is 53, or what the caller says', () => {
	const { model } = loadCorefile({ path: 'c', text: '. a:54 {\nwhoami\n}', env: {}, defaultPort: 1053 });
	assert.deepEqual(
		model?.blocks[0].keys.map((key) => key.port),
		[1053, 54],
	);
});

const block = (keys: string, bind: string): string =>
	`${keys} {\n${bind === '' ? '' : `bind ${bind}\n`}whoami\n}\n`;

test('a zone may stand twice on a port on different addresses only', () => {
	assert.equal(modelOf(block('.', '127.0.0.1') + block('.', '127.0.0.2')).blocks.length, 2);
	assert.equal(modelOf(block('.:53', '') + block('.:54', '')).blocks.length, 2);
	assert.equal(modelOf(block('.:0', '') + block('.:0', '')).blocks.length, 2);
	const served = {
		at: '5:1',
		message: /`\.:53` is served already, by the block in Corefile:1/,
		hint: /`bind`/,
	};
	assertError(block('.', '127.0.0.1') + block('.', '127.0.0.2 127.0.0.1'), served);
	assertError(block('.', '127.0.0.1') + block('.:53', ''), served);
	assertError(block('.', '::1') + block('dns://.', '0:0::1'), served);
	assertError(block('a A.', ''), { at: '1:1', message: /names `a\.:53` twice/ });
});
