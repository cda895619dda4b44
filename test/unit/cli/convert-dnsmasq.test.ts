/** `petrel convert`: what each option of dnsmasq becomes, and what is said to be lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { convertDnsmasq } from '../../../src/cli/convert/dnsmasq.ts';
import { dnsmasqOptions, lostOptions } from '../../../src/cli/convert/dnsmasq-names.ts';
import type { FileReader } from '../../../src/cli/convert/dnsmasq-read.ts';
import { assertLoads } from './convert-support.ts';

function filesOf(texts: Readonly<Record<string, string>>): FileReader {
	return {
		text: (path) => {
			if (!Object.hasOwn(texts, path)) throw new Error(`ENOENT: ${path}`);
			return texts[path];
		},
		names: (path) =>
			Object.keys(texts)
				.filter((each) => each.startsWith(`${path}/`))
				.map((each) => each.slice(path.length + 1)),
	};
}

/** `no-hosts` keeps the machine's own names out. */
function convert(text: string, texts: Readonly<Record<string, string>> = {}) {
	const { corefile, remarks } = convertDnsmasq(`no-hosts\n${text}`, 'd.conf', filesOf(texts));
	// A line for each statement, without origins and indents.
	const plain = corefile
		.split('\n')
		.map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
		.filter((line) => line !== '')
		.join('\n');
	assertLoads(corefile);
	return {
		plain,
		corefile,
		remarks: remarks.map(({ kind, at, text: said }) => `${at.file}:${at.line} ${kind}: ${said}`),
	};
}

const rows: [name: string, text: string, parts: string[]][] = [
	[
		'servers add up',
		'no-resolv\nserver=192.0.2.1\nserver=2001:db8::1#5353',
		['forward . 192.0.2.1 [2001:db8::1]:5353'],
	],
	['resolv.conf beside servers', 'server=192.0.2.1', ['forward . 192.0.2.1 /etc/resolv.conf']],
	['another resolv.conf', 'resolv-file=/run/dns', ['forward . /run/dns']],
	['no server at all', 'no-resolv', ['. {\nimport settings\n}']],
	[
		'zones with the same server share a block',
		'server=/a.example/b.example/10.0.0.1#54',
		['a.example b.example {\nimport settings\nforward . 10.0.0.1:54'],
	],
	[
		'several servers of a zone add up',
		'server=/a.example/10.0.0.1\nserver=/a.example/10.0.0.2',
		['forward . 10.0.0.1 10.0.0.2'],
	],
	[
		'a zone as all others',
		'no-resolv\nserver=192.0.2.1\nserver=/a.example/#',
		['a.example {\nimport settings\nforward . 192.0.2.1'],
	],
	[
		'a zone that is never forwarded',
		'server=/lan/',
		['lan {\nimport settings\ntemplate IN ANY {\nrcode NXDOMAIN\n}\n}'],
	],
	['local is server', 'local=/lan/', ['lan {\nimport settings\ntemplate IN ANY {\nrcode NXDOMAIN']],
	[
		'a reverse zone',
		'rev-server=10.1.0.0/16,10.0.0.1',
		['1.10.in-addr.arpa {\nimport settings\nforward . 10.0.0.1'],
	],
	[
		'an address for a zone, and NODATA for the other family',
		'no-resolv\nserver=192.0.2.1\naddress=/a.example/192.0.2.7',
		[
			'template IN A {\nanswer "{{ .Name }} 0 IN A 192.0.2.7"\n}\ntemplate IN AAAA {\nrcode NOERROR\n}\nforward . 192.0.2.1',
		],
	],
	['the null address', 'address=/a.example/#', ['IN A 0.0.0.0"', 'IN AAAA ::"']],
	[
		'an address for every name',
		'address=/#/192.0.2.7',
		['. {\nimport settings\ntemplate IN A {\nanswer "{{ .Name }} 0 IN A 192.0.2.7"'],
	],
	[
		'a denied zone',
		'address=/ads.example/',
		['ads.example {\nimport settings\ntemplate IN ANY {\nrcode NXDOMAIN'],
	],
	[
		'hosts',
		'host-record=a.example,www.a.example,192.0.2.1,2001:db8::1',
		['hosts {\n192.0.2.1 a.example www.a.example\n2001:db8::1 a.example www.a.example\nttl 1\nfallthrough'],
	],
	['the TTL of own answers', 'local-ttl=60\nhost-record=a.example,192.0.2.1', ['ttl 60']],
	['a cname', 'cname=b.example,a.example', ['rewrite name exact b.example. a.example.']],
	[
		'names without dots',
		'domain-needed',
		['template IN A {\nmatch ^[^.]+[.]$\nrcode NXDOMAIN\nfallthrough\n}\ntemplate IN AAAA'],
	],
	['private addresses', 'bogus-priv', ['10.in-addr.arpa, 16.172.in-addr.arpa', '168.192.in-addr.arpa']],
	['no IPv6', 'filter-AAAA', ['template IN AAAA {\nrcode NOERROR']],
	['the order of servers', 'strict-order\ndns-forward-max=300', ['policy sequential\nmax_concurrent 300']],
	['addresses to listen on', 'listen-address=127.0.0.1,::1', ['bind 127.0.0.1 ::1']],
	['interfaces bring the loopback', 'interface=eth0\nexcept-interface=eth1', ['bind eth0 lo {\nexcept eth1']],
	['a port', 'port=5300\nserver=/a.example/10.0.0.1', ['a.example:5300 {', '.:5300 {']],
	['the longest time', 'max-cache-ttl=600', ['cache 600']],
	['the shortest time', 'min-cache-ttl=60', ['success 9984 3600 60\ndenial 9984 1800 60']],
	['no denials', 'no-negcache', ['disable denial']],
	['stale answers', 'use-stale-cache', ['serve_stale 24h immediate']],
	['stale answers for some time', 'use-stale-cache=90', ['serve_stale 1m30s immediate']],
	['no cache', 'cache-size=0', ['(settings) {\nerrors']],
	['EDNS', 'edns-packet-max=1232', ['bufsize 1232']],
	['a log', 'log-queries=extra', ['log\nerrors']],
	[
		'a TXT record',
		'txt-record=a.example,"v=1, x",two',
		['answer "{{ .Name }} 0 IN TXT \\"v=1, x\\" \\"two\\""'],
	],
	[
		'a PTR record',
		'ptr-record=_http._tcp.example,a.example',
		['template IN PTR {\nmatch ^_http[.]_tcp[.]example[.]$', 'IN PTR a.example."'],
	],
	[
		'dashes and comments',
		'  --no-resolv   # as on a command line\n--server=192.0.2.1',
		['forward . 192.0.2.1'],
	],
];

for (const [name, text, parts] of rows) {
	test(`dnsmasq: ${name}`, () => {
		const { plain } = convert(text);
		for (const part of parts) assert.ok(plain.includes(part), `${part}\n--- in\n${plain}`);
	});
}

test('dnsmasq: names of a zone that is not forwarded still answer, in front of its denial', () => {
	const { plain } = convert('local=/lan/\nhost-record=nas.lan,192.168.1.2\nbogus-priv');
	const lan = plain.slice(plain.indexOf('lan {'));
	assert.ok(lan.indexOf('answer "{{ .Name }} 0 IN A 192.168.1.2"') < lan.indexOf('rcode NXDOMAIN'), plain);
	assert.match(
		plain,
		/match \^2\[\.\]1\[\.\]168\[\.\]192\[\.\]in-addr\[\.\]arpa\[\.\]\$\nanswer "\{\{ \.Name \}\} 0 IN PTR nas\.lan\."/,
	);
});

test('dnsmasq: a hosts file is named, others are copied, and names get the domain', () => {
	const texts = { '/a': '10.0.0.1 one\n', '/b': '10.0.0.2 two.example # comment\n' };
	const { plain, remarks } = convert('addn-hosts=/a,/b\nexpand-hosts\ndomain=lan', texts);
	assert.ok(
		plain.includes('hosts /a {\n10.0.0.1 one.lan one\n10.0.0.2 two.example\nttl 1\nfallthrough'),
		plain,
	);
	assert.match(remarks.join('\n'), /d\.conf:2 changed: \/b is copied/);
	assert.match(remarks.join('\n'), /d\.conf:3 changed: names of \/a with the domain are copied/);
});

test('dnsmasq: included files and directories keep their own lines', () => {
	const texts = {
		'/etc/d/10.conf': 'server=/a.example/10.0.0.1\n',
		'/etc/d/20.conf.bak': 'server=/b.example/10.0.0.1\n',
		'/etc/d/30.conf': 'dhcp-range=x\n',
		'/etc/d/.hidden': 'server=/c.example/10.0.0.1\n',
	};
	const { corefile, remarks } = convert('conf-dir=/etc/d,.bak', texts);
	assert.ok(corefile.includes('# From /etc/d/10.conf:1.\na.example {'), corefile);
	assert.ok(!corefile.includes('b.example') && !corefile.includes('c.example'));
	assert.match(remarks[0], /^\/etc\/d\/30\.conf:1 lost: `dhcp-range=x`/);
});

test('dnsmasq: a file that includes itself ends, and says so', () => {
	const { remarks } = convert('conf-file=/self', { '/self': 'conf-file=/self\n' });
	assert.match(remarks.join('\n'), /deeper than 20/);
});

const lost: [name: string, text: string, expected: RegExp][] = [
	...Object.keys(lostOptions).map((name): [string, string, RegExp] => [
		name,
		name,
		new RegExp(`lost: \`${name}\`: `),
	]),
	['an option of nobody', 'servr=192.0.2.1', /no option `servr`, did you mean `server`\?/],
	['no option', '!x', /`!x` is no option/],
	['a server by name', 'server=dns.example', /lost: .*does not resolve names/],
	['a source address', 'server=192.0.2.1@eth0', /lost: .*not from eth0/],
	['a port that is none', 'server=192.0.2.1#x', /lost: .*is no port/],
	['a missing file', 'conf-file=/none', /lost: \/none cannot be read/],
	['an address that is none', 'address=/a.example/x', /lost: .*`x` is no address/],
	['a number that is none', 'cache-size=many', /lost: .*is no number/],
	['a wildcard of interfaces', 'interface=eth*', /lost: `eth\*`/],
	['port 0', 'port=0', /lost: `port=0`/],
	[
		'a cname out of its block',
		'local=/lan/\ncname=a.lan,b.example',
		/lost: a\.lan\. is asked in the block of lan\./,
	],
];

for (const [name, text, expected] of lost) {
	test(`dnsmasq: lost, and said: ${name}`, () => {
		assert.match(convert(text).remarks.join('\n'), expected);
	});
}

test('dnsmasq: every option of its kind is converted or has a reason', () => {
	assert.ok(dnsmasqOptions.size > 150);
	for (const name of dnsmasqOptions) {
		const { remarks } = convert(name);
		assert.doesNotMatch(remarks.join('\n'), /dnsmasq has no option/, name);
	}
});

test('dnsmasq: whatever stands in the options, the result has no error of syntax, and nothing throws', () => {
	const names = fc.constantFrom(...[...dnsmasqOptions].filter((name) => !/^conf-|servers-file/.test(name)));
	const piece = fc.oneof(
		fc.constantFrom(
			'192.0.2.1',
			'::1',
			'a.example',
			'lan',
			'/',
			'//',
			'#',
			'#53',
			'@eth0',
			',',
			'"',
			'{',
			'}',
			' ',
		),
		fc.constantFrom(
			'{$HOME}',
			'{{ .Name }}',
			'0',
			'300',
			'\\',
			'*',
			'.',
			'eth0',
			'./x',
			'10.0.0.0/8',
			'\u00e9',
		),
	);
	const value = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
	const line = fc.tuple(names, value).map(([name, text]) => (text === '' ? name : `${name}=${text}`));
	fc.assert(
		fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
			convert(lines.join('\n'));
		}),
		{ numRuns: 500 },
	);
});
