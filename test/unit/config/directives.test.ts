/** The small directives, those that are refused, and the Corefile of NodeLocal DNSCache. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedDirectives } from '../../../src/config/directives/refused.ts';
import { directiveTable } from '../../../src/config/directives/table.ts';
import type { ServerBlock } from '../../../src/config/model.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load, modelOf } from './support.ts';

const valid: readonly [lines: string, expected: Partial<ServerBlock>][] = [
	['', { bind: [], bindExcept: [], bufsizeBytes: 4096, errors: undefined, cache: undefined, loop: false }],
	['bind 127.0.0.1 ::1\nbind eth0', { bind: ['127.0.0.1', '::1', 'eth0'] }],
	['bind 127.0.0.1 127.0.0.1', { bind: ['127.0.0.1'] }],
	['bind [2001:DB8:0::1] fe80::1%eth0', { bind: ['2001:db8::1', 'fe80::1%eth0'] }],
	['bind lo {\nexcept 127.0.0.1 docker0\n}', { bind: ['lo'], bindExcept: ['127.0.0.1', 'docker0'] }],
	['bufsize', { bufsizeBytes: 1232 }],
	['bufsize 512', { bufsizeBytes: 512 }],
	['bufsize 4096', { bufsizeBytes: 4096 }],
	['loop', { loop: true }],
	[
		'header {\nresponse set ra aa\n}',
		{ header: { query: [], response: [{ action: 'set', flags: ['ra', 'aa'] }] } },
	],
	['header {\nquery clear rd\n}', { header: { query: [{ action: 'clear', flags: ['rd'] }], response: [] } }],
	[
		'header {\nset ra aa\nclear rd\n}',
		{
			header: {
				query: [],
				response: [
					{ action: 'set', flags: ['ra', 'aa'] },
					{ action: 'clear', flags: ['rd'] },
				],
			},
		},
	],
	[
		'header {\nRESPONSE Set AD cD\n}',
		{ header: { query: [], response: [{ action: 'set', flags: ['ad', 'cd'] }] } },
	],
	[
		'header {\nresponse set ra\n}\nheader {\nresponse clear ra\nquery set cd\n}',
		{
			header: {
				query: [{ action: 'set', flags: ['cd'] }],
				response: [
					{ action: 'set', flags: ['ra'] },
					{ action: 'clear', flags: ['ra'] },
				],
			},
		},
	],
	['header {\nquery set ra rd\n}', { header: { query: [{ action: 'set', flags: ['rd'] }], response: [] } }],
	['header {\nquery set ra\n}', { header: { query: [], response: [] } }],
];

for (const [lines, expected] of valid) {
	test(`directives: ${JSON.stringify(lines)}`, () => {
		const block = blockOf(`${lines}\nwhoami`);
		assert.deepEqual({ ...block, ...expected }, block);
		assert.equal(block.whoami, true);
	});
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['bind', { at: '2:1', message: /`bind` needs ADDRESS/ }],
	['bind 127.0.0.1:53', { at: '2:6', message: /neither an address/, hint: /`\.:53 \{`/ }],
	['bind [::1]:53', { at: '2:6', message: /neither an address/, hint: /`\.:53 \{`/ }],
	['bind 10.0.0.300', { at: '2:6', message: /neither an address/, hint: /0 to 255/ }],
	['bind localhost', { at: '2:6', message: /neither an address/, hint: /127\.0\.0\.1 ::1/ }],
	['bind 10.0.0.0/8', { at: '2:6', message: /neither an address/, hint: /without a length/ }],
	['bind dns.example.org.', { at: '2:6', message: /neither an address/, hint: /host names/ }],
	['bind __PILLAR__LOCAL__DNS__', { at: '2:6', message: /neither an address/, hint: /169\.254\.20\.10/ }],
	['bind lo {\nexcept\n}', { at: '3:1', message: /needs ADDRESS/ }],
	['bufsize 511', { at: '2:9', message: /SIZE must be 512 to 4096/ }],
	['bufsize 4097', { at: '2:9', message: /512 to 4096/ }],
	['bufsize big', { at: '2:9', message: /must be an integer/ }],
	['bufsize 512 513', { at: '2:13', message: /at most 1 argument, not 2/ }],
	['bufsize\nbufsize', { at: '3:1', message: /stands twice/ }],
	['errors stderr', { at: '2:8', message: /does not know `stderr`/ }],
	['errors\nerrors', { at: '3:1', message: /stands twice/ }],
	['loop twice', { at: '2:6', message: /takes no arguments/ }],
	['loop {\nx\n}', { at: '3:1', message: /`loop` has no options/ }],
	['whoami 1', { at: '2:8', message: /takes no arguments, not 1 argument/ }],
	['header', { at: '2:1', message: /has no rules/ }],
	['header {\n}', { at: '2:1', message: /has no rules/ }],
	['header x {\nset ra\n}', { at: '2:8', message: /takes no arguments/ }],
	[
		'header {\nresponse set\n}',
		{ at: '3:1', message: /needs FLAGS/, hint: /response set\|clear FLAGS\.\.\./ },
	],
	['header {\nresponse ra\n}', { at: '3:10', message: /does not know `ra`/, hint: /set, clear/ }],
	['header {\nresponse set tc\n}', { at: '3:14', message: /does not know `tc`/ }],
	['header {\nanswer set ra\n}', { at: '3:1', message: /no option `answer`/, hint: /response, query/ }],
	['cahce', { at: '2:1', message: /no directive `cahce`/, hint: /did you mean `cache`/ }],
	['Cache', { at: '2:1', message: /no directive `Cache`/, hint: /did you mean `cache`/ }],
	['promethius :9153', { at: '2:1', message: /no directive/, hint: /did you mean `prometheus`/ }],
	['somethingelse', { at: '2:1', message: /no directive/, hint: /acl, any, bind, bufsize, cache/ }],
	['toString', { at: '2:1', message: /no directive `toString`/ }],
	[
		'kubernetes cluster.local in-addr.arpa {\npods insecure\n}',
		{ at: '2:1', message: /does not have `kubernetes`/, hint: /forward cluster\.local ADDRESS/ },
	],
	[
		'file db.example.org',
		{ at: '2:1', message: /authoritative answers from a zone file/, hint: /`forward`/ },
	],
	['chaos CoreDNS-1.14', { at: '2:1', message: /does not have `chaos`/ }],
];

for (const [lines, expected] of invalid) {
	test(`directives: ${JSON.stringify(lines)} is an error`, () =>
		assertError(`. {\n${lines}\nwhoami\n}\n`, expected));
}

test('directives: what is odd is a warning', () => {
	assertWarning('. {\n errors\n}', { at: '1:1', message: /answers REFUSED to everything/ });
	assertWarning('. {\n whoami\n header {\n query set ra\n }\n}', {
		at: '4:12',
		message: /means nothing in a query/,
	});
	assertWarning('. {\n whoami\n header {\n set ra\n }\n header {\n set aa\n }\n}', {
		at: '6:2',
		message: /after those of line 3; CoreDNS would ignore them/,
	});
});

test('directives: each plugin of CoreDNS that is refused says what it is and what to do', () => {
	for (const [name, { meaning, instead }] of refusedDirectives) {
		assert.ok(!directiveTable.has(name), name);
		const { errors } = load(`. {\n${name}\nwhoami\n}`);
		assert.equal(errors.length, 1, name);
		assert.ok(errors[0].message.includes(meaning), name);
		assert.equal(errors[0].hint, instead);
	}
});

test('directives: every plugin that k8s-dns-node-cache holds is known, at least by name', () => {
	const plugins =
		'bind bufsize cache debug dns64 errors forward health hosts loadbalance log loop prometheus pprof reload rewrite template timeouts trace whoami import';
	for (const name of plugins.split(' '))
		assert.ok(directiveTable.has(name) || refusedDirectives.has(name), name);
});

const nodeLocal = (cluster: string, upstreams: string): string => `
cluster.local:53 {
    errors
    cache {
            success 9984 30
            denial 9984 5
    }
    loop
    bind 169.254.20.10 10.96.0.10
    forward . ${cluster} {
            force_tcp
    }
    }
in-addr.arpa:53 ip6.arpa:53 {
    errors
    cache 30
    loop
    bind 169.254.20.10 10.96.0.10
    forward . ${cluster} {
            force_tcp
    }
    }
.:53 {
    errors
    cache 30
    loop
    bind 169.254.20.10 10.96.0.10
    forward . ${upstreams}
    }
`;

test("NodeLocal DNSCache: the manifest's Corefile, filled in, means what it says", () => {
	const { blocks, warnings } = modelOf(nodeLocal('10.96.0.11', '/etc/resolv.conf'));
	assert.deepEqual(
		blocks.map((block) => block.keys.map((key) => key.zone)),
		[['cluster.local.'], ['in-addr.arpa.', 'ip6.arpa.'], ['.']],
	);
	const [cluster, reverse, rest] = blocks;
	assert.deepEqual([cluster.cache?.successTtlMaxSec, cluster.cache?.denialTtlMaxSec], [30, 5]);
	assert.deepEqual(cluster.cache?.zones, ['cluster.local.']);
	assert.deepEqual(reverse.cache?.zones, ['in-addr.arpa.', 'ip6.arpa.']);
	assert.equal(reverse.forwards[0].forceTcp, true);
	assert.deepEqual(rest.forwards[0].to, [{ kind: 'resolv-conf', path: '/etc/resolv.conf' }]);
	assert.ok(blocks.every((block) => block.loop && block.errors && block.bind.length === 2));
	assert.deepEqual(
		warnings.map((warning) => warning.at.line),
		[5],
	);
});

test("NodeLocal DNSCache: what the manifest's placeholders stand for is said where they stand", () => {
	const { errors } = load(nodeLocal('__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__'));
	assert.deepEqual(
		errors.map((error) => error.at.line),
		[10, 19, 28],
	);
	assert.match(errors[0].hint ?? '', /ClusterIP/);
	assert.match(errors[2].hint ?? '', /\/etc\/resolv\.conf/);
});
