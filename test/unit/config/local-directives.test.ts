/**
 * The directives that answer by themselves: what they mean, and every way to write them wrong, with its place.
 * `template` has a file of its own.
 */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import type { AclRule, HostsOptions, ServerBlock } from '../../../src/config/model.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load, modelOf } from './support.ts';

const hostsDefaults: HostsOptions = {
	path: '/etc/hosts',
	zones: ['.'],
	ttlSec: 3600,
	reverse: true,
	reloadMs: 5000,
	fallthrough: [],
	fallthroughUnsupported: false,
	inline: [],
};

const acl = (policies: AclRule['policies'], zones: readonly string[] = ['.']): Partial<ServerBlock> => ({
	acl: [{ zones, policies }],
});
const hosts = (options: Partial<HostsOptions>): Partial<ServerBlock> => ({
	hosts: { ...hostsDefaults, ...options },
});

const valid: readonly [lines: string, expected: Partial<ServerBlock>][] = [
	['', { acl: [], any: false, hosts: undefined, local: undefined, nsid: undefined, templates: [] }],
	['any', { any: true }],
	['local', { local: { localhostPrefix: true } }],
	['local {\nlocalhost_prefix on\n}', { local: { localhostPrefix: true } }],
	['local {\nlocalhost_prefix off\n}', { local: { localhostPrefix: false } }],
	['nsid', { nsid: hostname() }],
	['nsid node-1', { nsid: 'node-1' }],
	['nsid one two "three  four"', { nsid: 'one two three  four' }],
	['hosts', hosts({})],
	['hosts my.hosts', hosts({ path: 'my.hosts' })],
	[
		'hosts my.hosts Example.org 10.0.0.0/8',
		hosts({ path: 'my.hosts', zones: ['example.org.', '10.in-addr.arpa.'] }),
	],
	['hosts {\nttl 1\n}', hosts({ ttlSec: 1 })],
	['hosts {\nttl 65535\nno_reverse\n}', hosts({ ttlSec: 65_535, reverse: false })],
	['hosts {\nreload 0\n}', hosts({ reloadMs: 0 })],
	['hosts {\nreload 1h30m\n}', hosts({ reloadMs: 5_400_000 })],
	['hosts {\nfallthrough\n}', hosts({ fallthrough: ['.'] })],
	[
		'hosts {\nfallthrough a.org in-addr.arpa\nfallthrough_unsupported\n}',
		hosts({ fallthrough: ['a.org.', 'in-addr.arpa.'], fallthroughUnsupported: true }),
	],
	[
		'hosts {\n10.0.0.1 A.example b.example. # and more\nfallthrough\n::FFFF:10.0.0.2 c\nfe80::1%lo0 *.d\n}',
		hosts({
			fallthrough: ['.'],
			inline: [
				{ address: '10.0.0.1', names: ['a.example.'] },
				{ address: '10.0.0.1', names: ['b.example.'] },
				{ address: '10.0.0.2', names: ['c.'] },
				{ address: 'fe80::1', names: ['*.d.'] },
			],
		}),
	],
	['acl {\nblock\n}', acl([{ action: 'block', types: [], nets: [] }])],
	['acl {\nBLOCK Type * NET *\n}', acl([{ action: 'block', types: [], nets: [] }])],
	[
		'acl a.org B.org {\nallow net 10.0.0.0/8 192.0.2.1 2001:db8::/32 ::1\ndrop type A aaaa TYPE65 net *\nfilter type ANY\n}',
		acl(
			[
				{
					action: 'allow',
					types: [],
					nets: [
						{ address: '10.0.0.0', bits: 8 },
						{ address: '192.0.2.1', bits: 32 },
						{ address: '2001:db8::', bits: 32 },
						{ address: '::1', bits: 128 },
					],
				},
				{ action: 'drop', types: [1, 28, 65], nets: [] },
				{ action: 'filter', types: [255], nets: [] },
			],
			['a.org.', 'b.org.'],
		),
	],
	[
		'acl {\nblock net 0.0.0.0/0 net ::/0\n}\nacl x {\nallow\n}',
		{
			acl: [
				{
					zones: ['.'],
					policies: [
						{
							action: 'block',
							types: [],
							nets: [
								{ address: '0.0.0.0', bits: 0 },
								{ address: '::', bits: 0 },
							],
						},
					],
				},
				{ zones: ['x.'], policies: [{ action: 'allow', types: [], nets: [] }] },
			],
		},
	],
];

for (const [lines, expected] of valid) {
	test(`directives that answer: ${JSON.stringify(lines)}`, () => {
		const block = blockOf(`${lines}\nwhoami`);
		assert.deepEqual({ ...block, ...expected }, block);
	});
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['any example.org', { at: '2:5', message: /takes no arguments/ }],
	['any {\nx\n}', { at: '3:1', message: /`any` has no options/ }],
	['local x', { at: '2:7', message: /takes no arguments/ }],
	['local\nlocal', { at: '3:1', message: /stands twice/ }],
	['local {\nlocalhost_prefix\n}', { at: '3:1', message: /needs STATE/ }],
	['local {\nlocalhost_prefix maybe\n}', { at: '3:18', message: /does not know `maybe`/, hint: /on, off/ }],
	['local {\nprefix off\n}', { at: '3:1', message: /no option `prefix`/ }],
	['nsid ""', { at: '2:1', message: /DATA is empty/ }],
	[`nsid ${'x'.repeat(129)}`, { at: '2:6', message: /DATA has 129 octets/, hint: /128/ }],
	['nsid a\nnsid b', { at: '3:1', message: /stands twice/ }],
	['nsid a {\nb\n}', { at: '3:1', message: /no options/ }],
	['hosts a\nhosts b', { at: '3:1', message: /stands twice/ }],
	['hosts ""', { at: '2:7', message: /empty text is not a file/, hint: /variable/ }],
	['hosts file a..b', { at: '2:12', message: /not a zone/ }],
	['hosts {\nttl\n}', { at: '3:1', message: /needs SECONDS/ }],
	['hosts {\nttl 0\n}', { at: '3:5', message: /SECONDS must be 1 to 65535/ }],
	['hosts {\nttl 65536\n}', { at: '3:5', message: /1 to 65535/ }],
	['hosts {\nttl 1h\n}', { at: '3:5', message: /must be an integer/, hint: /`3600`/ }],
	['hosts {\nreload\n}', { at: '3:1', message: /needs DURATION/ }],
	['hosts {\nreload 5\n}', { at: '3:8', message: /must be a duration/, hint: /`5s`/ }],
	['hosts {\nreload -1s\n}', { at: '3:8', message: /must be at least 0s/ }],
	['hosts {\nno_reverse x\n}', { at: '3:12', message: /takes no arguments/ }],
	['hosts {\nfallthrough a..b\n}', { at: '3:13', message: /not a zone/ }],
	[
		'hosts {\nfallthrough_unsupported\n}',
		{ at: '3:1', message: /needs `fallthrough`/, hint: /add `fallthrough`/ },
	],
	['hosts {\n10.0.0.1\n}', { at: '3:1', message: /`10\.0\.0\.1` needs NAME/, hint: /`ADDRESS NAME/ }],
	['hosts {\n10.0.0.1 ok a..b\n}', { at: '3:13', message: /"a\.\.b" has an empty label/ }],
	['hosts {\n10.0.0.300 a\n}', { at: '3:1', message: /no option `10\.0\.0\.300`/ }],
	['hosts {\n010.0.0.1 a\n}', { at: '3:1', message: /no option `010\.0\.0\.1`/ }],
	['hosts {\ntll 30\n}', { at: '3:1', message: /no option `tll`/, hint: /did you mean `ttl`/ }],
	['acl', { at: '2:1', message: /has no lines/, hint: /block net/ }],
	['acl {\n}', { at: '2:1', message: /has no lines/ }],
	['acl {\ndeny\n}', { at: '3:1', message: /no option `deny`/, hint: /allow, block, filter, drop/ }],
	['acl {\nblock 10.0.0.0/8\n}', { at: '3:7', message: /where `type` or `net` must/ }],
	['acl {\nblock type\n}', { at: '3:7', message: /nothing stands behind `type`/ }],
	['acl {\nblock net type A\n}', { at: '3:7', message: /nothing stands behind `net`/ }],
	['acl {\nblock type B\n}', { at: '3:12', message: /`B` is not a type/ }],
	['acl {\nblock net 10.0.0.0/33\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl {\nblock net 10.0.0\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl {\nblock net 10.0.0.0/\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl {\nblock net ::/129\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl {\nblock net fe80::1%eth0\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl {\nblock net localhost\n}', { at: '3:11', message: /not an address or a range/ }],
	['acl a..b {\nblock\n}', { at: '2:5', message: /not a zone/ }],
];

for (const [lines, expected] of invalid) {
	test(`directives that answer: ${JSON.stringify(lines)} is an error`, () =>
		assertError(`. {\n${lines}\nwhoami\n}\n`, expected));
}

test('hosts and acl without zones are for those of the block', () => {
	const [block] = modelOf('a.org b.org {\nhosts\nacl {\nblock\n}\n}').blocks;
	assert.deepEqual(block.hosts?.zones, ['a.org.', 'b.org.']);
	assert.deepEqual(block.acl[0].zones, ['a.org.', 'b.org.']);
});

test('a block that only answers by itself needs no forward', () => {
	for (const lines of ['hosts', 'local', 'template IN A {\nrcode NXDOMAIN\n}']) {
		assert.deepEqual(load(`. {\n${lines}\n}`).warnings, [], lines);
	}
	for (const lines of ['any', 'acl {\nallow\n}', 'nsid x']) {
		assertWarning(`. {\n${lines}\n}`, { at: '1:1', message: /answers REFUSED to everything/ });
	}
});
