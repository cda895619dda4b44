/** `forward`: upstreams and options. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ForwardOptions, UpstreamTarget } from '../../../src/config/model.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load, modelOf } from './support.ts';

const address = (text: string, port = 53): UpstreamTarget => ({ kind: 'address', address: text, port });

const targets: readonly [text: string, expected: UpstreamTarget][] = [
	['192.0.2.1', address('192.0.2.1')],
	['192.0.2.1:5300', address('192.0.2.1', 5300)],
	['2001:db8::1', address('2001:db8::1')],
	['[2001:db8::1]', address('2001:db8::1')],
	['[2001:db8::1]:5300', address('2001:db8::1', 5300)],
	['fe80::1%eth0', address('fe80::1%eth0')],
	['dns://192.0.2.1', address('192.0.2.1')],
	['dns://[2001:db8::1]:5300', address('2001:db8::1', 5300)],
	['/etc/resolv.conf', { kind: 'resolv-conf', path: '/etc/resolv.conf' }],
	['./resolv.conf', { kind: 'resolv-conf', path: 'resolv.conf' }],
	['demo://', { kind: 'demo' }],
];

for (const [text, expected] of targets) {
	test(`forward: the upstream ${text}`, () => {
		assert.deepEqual(blockOf(`forward . ${text}`).forwards[0].to, [expected]);
	});
}

const defaults: ForwardOptions = {
	at: { file: 'Corefile', line: 2, column: 1 },
	from: '.',
	except: [],
	to: [address('192.0.2.1')],
	policy: 'random',
	maxFails: 2,
	healthCheckMs: 500,
	healthCheckRecursionDesired: true,
	healthCheckDomain: '.',
	expireMs: 10_000,
	maxConcurrent: 0,
	maxIdleConns: 0,
	maxAgeMs: 0,
	maxConnectAttempts: 0,
	readTimeoutMs: 2000,
	forceTcp: false,
	preferUdp: false,
	failover: [],
	next: [],
	nextOnNodata: false,
	failfastAllUnhealthyUpstreams: false,
};

const options: readonly [lines: string, expected: Partial<ForwardOptions>][] = [
	['', {}],
	['except a.b C\nexcept 10.0.0.0/8', { except: ['a.b.', 'c.', '10.in-addr.arpa.'] }],
	['policy round_robin', { policy: 'round_robin' }],
	['policy sequential', { policy: 'sequential' }],
	['max_fails 0', { maxFails: 0 }],
	['max_age 1m', { maxAgeMs: 60_000 }],
	['max_connect_attempts 3', { maxConnectAttempts: 3 }],
	['next_on_nodata', { nextOnNodata: true }],
	['health_check 1s', { healthCheckMs: 1000 }],
	['health_check 1s no_rec', { healthCheckMs: 1000, healthCheckRecursionDesired: false }],
	[
		'health_check 5s domain Example.org no_rec',
		{ healthCheckMs: 5000, healthCheckDomain: 'example.org.', healthCheckRecursionDesired: false },
	],
	['expire 0s', { expireMs: 0 }],
	['max_concurrent 1000', { maxConcurrent: 1000 }],
	['max_idle_conns 8', { maxIdleConns: 8 }],
	['read_timeout 1s500ms', { readTimeoutMs: 1500 }],
	['force_tcp', { forceTcp: true }],
	['prefer_udp', { preferUdp: true }],
	['failover servfail REFUSED notimpl', { failover: [2, 5, 4] }],
	['next NXDOMAIN', { next: [3] }],
	['next NOERROR', { next: [0] }],
	['failfast_all_unhealthy_upstreams', { failfastAllUnhealthyUpstreams: true }],
];

for (const [lines, expected] of options) {
	test(`forward: ${JSON.stringify(lines)}`, () => {
		const [forward] = blockOf(`forward . 192.0.2.1 {\n${lines}\n}`).forwards;
		assert.deepEqual(forward, { ...defaults, ...expected });
	});
}

test('forward: FROM as an address range stands for all its reverse zones', () => {
	const { forwards } = blockOf('forward 10.0.0.0/15 192.0.2.1');
	assert.deepEqual(
		forwards.map((forward) => forward.from),
		['0.10.in-addr.arpa.', '1.10.in-addr.arpa.'],
	);
});

test('forward: several lines stay in the order of the file', () => {
	const { forwards } = blockOf('forward b 192.0.2.1\nforward a.b 192.0.2.2\nforward . 192.0.2.3');
	assert.deepEqual(
		forwards.map((forward) => forward.from),
		['b.', 'a.b.', '.'],
	);
});

test('forward: 15 upstreams, and one of them twice', () => {
	assert.equal(blockOf(`forward . ${'192.0.2.1 '.repeat(15)}`).forwards[0].to.length, 15);
});

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['forward', { at: '2:1', message: /needs FROM/, hint: /`forward FROM TO\.\.\.`/ }],
	['forward .', { at: '2:1', message: /needs TO/ }],
	[`forward . ${'192.0.2.1 '.repeat(16)}`, { at: '2:161', message: /at most 15 upstreams, not 16/ }],
	['forward . dns.example', { at: '2:11', message: /not an upstream/, hint: /host names are not resolved/ }],
	['forward . resolv.conf', { at: '2:11', message: /not an upstream/, hint: /`\.\/resolv\.conf`/ }],
	['forward . 192.0.2.1,192.0.2.2', { at: '2:11', message: /not an upstream/, hint: /by spaces/ }],
	['forward . "192.0.2.1 192.0.2.2"', { at: '2:11', message: /not an upstream/, hint: /word of its own/ }],
	['forward . 192.0.2.256', { at: '2:11', message: /not an upstream/, hint: /0 to 255/ }],
	['forward . 192.0.2.1@5300', { at: '2:11', message: /not an upstream/, hint: /192\.0\.2\.1:5300/ }],
	['forward . 192.0.2.1:0', { at: '2:11', message: /1 to 65535/ }],
	['forward . 192.0.2.1:65536', { at: '2:11', message: /1 to 65535/ }],
	['forward . [2001:db8::1]53', { at: '2:11', message: /not an upstream/ }],
	['forward . 2001:db8::1:x', { at: '2:11', message: /not an upstream/ }],
	['forward . tls://192.0.2.1', { at: '2:11', message: /DNS over TLS/, hint: /plain DNS/ }],
	['forward . https://192.0.2.1/dns-query', { at: '2:11', message: /DNS over HTTPS/ }],
	['forward . http://192.0.2.1', { at: '2:11', message: /not a protocol/ }],
	['forward . demo://x', { at: '2:11', message: /not an upstream/, hint: /`demo:\/\/`/ }],
	[
		'forward . __PILLAR__UPSTREAM__SERVERS__',
		{ at: '2:11', message: /not an upstream/, hint: /\/etc\/resolv\.conf/ },
	],
	['forward . ""', { at: '2:11', message: /empty text/, hint: /variable/ }],
	['forward example.org:53 192.0.2.1', { at: '2:9', message: /no port here/, hint: /`example\.org`/ }],
	[
		'forward . 192.0.2.1 {\npolicy fastest\n}',
		{ at: '3:8', message: /does not know `fastest`/, hint: /round_robin/ },
	],
	['forward . 192.0.2.1 {\nmax_fails -1\n}', { at: '3:11', message: /at least 0/ }],
	['forward . 192.0.2.1 {\nhealth_check 0s\n}', { at: '3:14', message: /at least 1ms/ }],
	['forward . 192.0.2.1 {\nhealth_check 1s rec\n}', { at: '3:17', message: /does not know `rec`/ }],
	['forward . 192.0.2.1 {\nhealth_check 1s domain\n}', { at: '3:17', message: /`domain` needs a name/ }],
	['forward . 192.0.2.1 {\nread_timeout 0\n}', { at: '3:14', message: /at least 1ms/ }],
	['forward . 192.0.2.1 {\nexpire 10\n}', { at: '3:8', message: /must be a duration/, hint: /`10s`/ }],
	['forward . 192.0.2.1 {\nfailover\n}', { at: '3:1', message: /needs RCODES/ }],
	['forward . 192.0.2.1 {\nfailover SERVFAIL NOERROR\n}', { at: '3:19', message: /does not take NOERROR/ }],
	['forward . 192.0.2.1 {\nnext NXDOMAN\n}', { at: '3:6', message: /not an RCODE/ }],
	[
		'forward . 192.0.2.1 {\ntls_servername a\n}',
		{ at: '3:1', message: /does not have `forward \{ tls_servername \}`/ },
	],
	[
		'forward . 192.0.2.1 {\nsource_address 192.0.2.9\n}',
		{ at: '3:1', message: /does not have/, hint: /routes/ },
	],
	['forward . 192.0.2.1 {\ndoh_method GET\n}', { at: '3:1', message: /does not have/, hint: /HTTPS/ }],
	[
		'forward . 192.0.2.1 {\nresolver 192.0.2.9\n}',
		{ at: '3:1', message: /does not have/, hint: /addresses/ },
	],
	['forward . 192.0.2.1 {\nmax_age -1s\n}', { at: '3:9', message: /at least 0s/ }],
	['forward . 192.0.2.1 {\nnext_on_nodata 1\n}', { at: '3:16', message: /no arguments/ }],
	[
		'forward . 192.0.2.1 {\nforce_tpc\n}',
		{ at: '3:1', message: /no option/, hint: /did you mean `force_tcp`/ },
	],
];

for (const [lines, expected] of invalid) {
	test(`forward: ${JSON.stringify(lines)} is an error`, () => assertError(`. {\n${lines}\n}\n`, expected));
}

const odd: readonly [name: string, text: string, expected: ExpectedFinding][] = [
	[
		'a zone outside the block',
		'example.org {\nforward com 192.0.2.1\n}',
		{ at: '2:9', message: /no name in `com\.` reaches this block/ },
	],
	[
		'a forward that gets nothing',
		'. {\nforward . 192.0.2.1\nforward . 192.0.2.2\n}',
		{ at: '3:1', message: /line 2 takes all queries/, hint: /`next`/ },
	],
	[
		'prefer_udp beside force_tcp',
		'. {\nforward . 192.0.2.1 {\nforce_tcp\nprefer_udp\n}\n}',
		{ at: '2:1', message: /`prefer_udp` does nothing/ },
	],
];

for (const [name, text, expected] of odd) {
	test(`forward: ${name} is a warning`, () => assertWarning(text, expected));
}

test('forward: a second one behind `next` or `except` is no surprise', () => {
	for (const option of ['next SERVFAIL', 'except a']) {
		const { warnings } = modelOf(`. {\nforward . 192.0.2.1 {\n${option}\n}\nforward . 192.0.2.2\n}`);
		assert.deepEqual(warnings, []);
	}
});

test('forward: an upstream from a variable, and from one that is not set', () => {
	const { model } = load('. {\nforward . {$UPSTREAM}\n}', { UPSTREAM: '192.0.2.1:5300' });
	assert.deepEqual(model?.blocks[0].forwards[0].to, [address('192.0.2.1', 5300)]);
	assertError('. {\nforward . {$UPSTREAM}\n}', { at: '2:11', message: /empty text/ });
});
