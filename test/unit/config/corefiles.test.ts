/**
 * Goal: whoever has a node cache keeps his Corefile. Method: the files that projects and providers generate, statement by
 * statement, load without an error, and the warnings are these.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { parseCorefile } from '../../../src/config/parser.ts';
import { Report } from '../../../src/config/report.ts';
import {
	corefileDirectory,
	corefileNames,
	corefilePath,
	loadNamed,
	missingDirective,
	missingIn,
} from '../../support/corefiles.ts';

interface Expected {
	readonly blocks: number;
	/** Every warning: where, and how it begins. */
	readonly warnings: readonly string[];
}

const capacity = (line: number) => `${line}:17 the capacity 9984 bounds nothing`;

const expected: Readonly<Record<string, Expected>> = {
	ack: { blocks: 5, warnings: [capacity(5)] },
	'aks-localdns': { blocks: 7, warnings: [23, 51, 70, 95, 123, 142].map(capacity) },
	'aks-localdns-without-hosts': { blocks: 7, warnings: [16, 44, 63, 83, 111, 130].map(capacity) },
	cilium: { blocks: 4, warnings: [capacity(6)] },
	deliveryhero: { blocks: 4, warnings: [capacity(5)] },
	'deliveryhero-all-values': { blocks: 5, warnings: [capacity(8)] },
	gardener: { blocks: 5, warnings: [capacity(14)] },
	ibm: { blocks: 5, warnings: [capacity(7)] },
	'kube-dns-configmap': { blocks: 5, warnings: [capacity(6)] },
	kubeone: { blocks: 4, warnings: [capacity(5)] },
	kubespray: { blocks: 6, warnings: [capacity(35)] },
	nodelocaldns: { blocks: 4, warnings: [capacity(6)] },
	'nodelocaldns-ipvs': { blocks: 4, warnings: [capacity(6)] },
	rke2: { blocks: 4, warnings: [capacity(5)] },
	yandex: { blocks: 4, warnings: [capacity(5)] },
};

/** Authoritative for the cluster's names: not for a node cache. */
const refused = 'kubeadm-coredns';

test('every Corefile has an expectation', () => {
	assert.deepEqual(corefileNames, [...Object.keys(expected), refused].sort());
});

for (const [name, { blocks, warnings }] of Object.entries(expected)) {
	const missing = missingIn(name);

	describe(`${name}.Corefile`, () => {
		test('says where it comes from, and is parsed', () => {
			const text = readFileSync(corefilePath(name), 'utf8');
			assert.match(text, /^# [A-Z]\S.{20}/);
			const report = new Report();
			const parsed = parseCorefile(text, corefilePath(name), {}, report);
			assert.equal(report.errorCount, 0);
			assert.equal(parsed.blocks.length, blocks);
		});

		test('has no error but what is still to come, and every warning is known', () => {
			const loaded = loadNamed(name);
			const others = loaded.errors.filter(({ message }) => missingDirective(message) === undefined);
			assert.deepEqual(others, []);
			const seen = loaded.warnings.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
			assert.deepEqual(
				seen.map((text) => text.slice(0, warnings.find((start) => text.startsWith(start))?.length)),
				warnings,
			);
		});

		test('loads', { skip: missing.length > 0 && `petrel does not have yet: ${missing.join(', ')}` }, () => {
			const { model, errors } = loadNamed(name);
			assert.deepEqual(errors, []);
			assert.equal(model?.blocks.length, blocks);
		});
	});
}

test(`${refused}.Corefile is refused for its kubernetes plugin, and the way out is told`, () => {
	const { model, errors } = loadNamed(refused);
	assert.equal(model, undefined);
	const [error, ...more] = errors.filter(({ message }) => missingDirective(message) === undefined);
	assert.deepEqual(more, []);
	assert.equal(
		readFileSync(corefilePath(refused), 'utf8').split('\n')[error.at.line - 1].trim().split(' ')[0],
		'kubernetes',
	);
	assert.match(error.message, /`kubernetes`/);
	assert.match(error.hint ?? '', /`forward cluster\.local ADDRESS`/);
});

test('kube-dns-configmap.Corefile is what NodeLocal DNSCache makes of the ConfigMap beside it', () => {
	const { data } = parseYaml(
		readFileSync(join(corefileDirectory, 'manifests/kube-dns-configmap.yaml'), 'utf8'),
	);
	const stubDomains: Record<string, string[]> = JSON.parse(data.stubDomains);
	const expectedTargets = { ...stubDomains, '.': JSON.parse(data.upstreamNameservers) };
	const path = corefilePath('kube-dns-configmap');
	const { blocks } = parseCorefile(readFileSync(path, 'utf8'), path, {}, new Report());
	for (const [zone, targets] of Object.entries(expectedTargets)) {
		const block = blocks.find(({ keys }) => keys[0].text === `${zone}:53`);
		const forward = block?.statements.find(({ name }) => name.text === 'forward');
		assert.deepEqual(
			forward?.args.map(({ text }) => text),
			['.', ...targets],
			zone,
		);
		assert.equal(forward?.block, undefined, `${zone}: servers of the ConfigMap are asked over UDP`);
	}
});
