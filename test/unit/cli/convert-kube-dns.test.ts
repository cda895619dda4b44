/** Goal: the ConfigMap of kube-dns becomes blocks of a Corefile, and the format of a file is told by what it holds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { detectFormat } from '../../../src/cli/convert/detect.ts';
import { convertKubeDns } from '../../../src/cli/convert/kube-dns.ts';
import { directiveTable } from '../../../src/config/directives/table.ts';
import { assertLoads } from './convert-support.ts';

const kubeDns = {
	apiVersion: 'v1',
	kind: 'ConfigMap',
	data: {
		stubDomains: '{"acme.local": ["1.2.3.4", "5.6.7.8:5353"], "bad.local": ["dns.example"]}',
		upstreamNameservers: '["192.0.2.1", "192.0.2.2"]',
		federations: '{"a": "b"}',
	},
};
const yaml = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-dns}
data:
  stubDomains: |
    {"acme.local": ["1.2.3.4", "5.6.7.8:5353"], "bad.local": ["dns.example"]}
  upstreamNameservers: '["192.0.2.1", "192.0.2.2"]'
  federations: '{"a": "b"}'
`;
const cluster = { localIp: ['169.254.20.10'], clusterDns: '10.96.0.11', clusterDomain: 'cluster.local' };

for (const [form, text, line] of [
	['YAML', yaml, 5],
	['JSON', JSON.stringify(kubeDns, undefined, '\t'), 5],
] as const) {
	test(`kube-dns: the ConfigMap in ${form} becomes the blocks of NodeLocal DNSCache`, () => {
		assert.equal(detectFormat(text), 'kube-dns');
		const { corefile, remarks } = convertKubeDns(text, 'cm', cluster);
		assertLoads(corefile);
		assert.ok(
			corefile.includes(
				`# From line ${line}.\nacme.local:53 {\n    errors\n    cache 30\n    bind 169.254.20.10\n    forward . 1.2.3.4 5.6.7.8:5353\n}`,
			),
			corefile,
		);
		assert.match(corefile, /cluster\.local:53 \{[\s\S]*forward \. 10\.96\.0\.11 \{\n {8}force_tcp\n/);
		assert.match(corefile, /\.:53 \{[\s\S]*forward \. 192\.0\.2\.1 192\.0\.2\.2/);
		assert.deepEqual(
			remarks.map(({ kind, text: said }) => [kind, said.split(':')[0]]),
			[
				['lost', 'stubDomains'],
				['lost', '`federations`'],
			],
		);
	});
}

test('kube-dns: without upstreams the machine’s are asked, and without --cluster-dns it says what is missing', () => {
	const { corefile, remarks } = convertKubeDns('stubDomains: \'{"a.example": ["10.0.0.1"]}\'\n', 'cm', {
		...cluster,
		clusterDns: undefined,
	});
	assert.match(corefile, /forward \. \/etc\/resolv\.conf\n/);
	assert.doesNotMatch(corefile, /cluster\.local/);
	assert.match(remarks[0].text, /--cluster-dns/);
});

test('kube-dns: a ConfigMap that holds a Corefile is not converted', () => {
	const text = 'kind: ConfigMap\ndata:\n  Corefile: |\n    .:53 {\n    }\n';
	assert.equal(detectFormat(text), 'kube-dns');
	assert.throws(() => convertKubeDns(text, 'cm', cluster), /cm:3: .*jsonpath/);
});

test('kube-dns: a value that is no JSON, a file that is no YAML', () => {
	assert.throws(() => convertKubeDns('stubDomains: "{"\n', 'cm', cluster), /cm:1: `stubDomains` is not JSON/);
	assert.throws(() => convertKubeDns('a: [\n', 'cm', cluster), /cm:\d+:\d+: /);
	const { remarks } = convertKubeDns('stubDomains: "[1]"\nupstreamNameservers: "{}"\n', 'cm', cluster);
	assert.deepEqual(
		remarks.map(({ kind }) => kind),
		['lost', 'lost'],
	);
});

test('the format of a file is found by what it holds', () => {
	const example = (name: string): string =>
		readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
	assert.equal(detectFormat(example('Corefile')), 'corefile');
	assert.equal(detectFormat(example('dnsmasq.conf')), 'dnsmasq');
	assert.equal(detectFormat(example('kube-dns.yaml')), 'kube-dns');
	assert.equal(detectFormat('# nothing\n'), 'corefile');
	assert.equal(detectFormat('example.org\nlocal\nforward . 192.0.2.1\n'), 'corefile');
	assert.equal(detectFormat('no-resolv\nserver=192.0.2.1\nmade-up=1\n'), 'dnsmasq');
	for (const { example: text, name } of directiveTable.values())
		assert.equal(detectFormat(text), 'corefile', name);
});
