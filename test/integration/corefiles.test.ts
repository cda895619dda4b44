/**
 * Goal: the Corefiles that people have run as they are. Method: each on a node made for it, in namespaces, at the addresses
 * and ports that it names; the upstreams that it names are scripted, and say who was asked for what.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { loadCorefile } from '../../src/config/load.ts';
import { corefileDirectory, corefileNames, missingDirective, missingIn } from '../support/corefiles.ts';
import { temporaryDirectory } from '../support/integration/petrel.ts';
import { nodeCases } from '../support/node/cases.ts';
import { unlessNode } from '../support/node/run.ts';
import { visitNode } from '../support/node/visit.ts';

const limit = { timeout: 90_000 };
const refused = ['kubeadm-coredns'];

/** The file's text without directives that petrel does not have yet: their lines, and what is between their braces. */
function withoutMissing(path: string): string {
	let text = readFileSync(path, 'utf8');
	for (;;) {
		const error = loadCorefile({ path, text, env: {} }).errors.find(({ message }) =>
			missingDirective(message),
		);
		if (!error) return text;
		const lines = text.split('\n');
		const from = error.at.line - 1;
		const end = lines[from].trimEnd().endsWith('{')
			? lines.findIndex((line, i) => i > from && line.trim() === '}')
			: from;
		lines.splice(from, end - from + 1);
		text = lines.join('\n');
	}
}

/** A copy of the directory with the file as `Corefile`, so that its imports are found. */
async function placed(t: TestContext, name: string): Promise<string> {
	const directory = await temporaryDirectory(t);
	cpSync(corefileDirectory, directory, { recursive: true });
	writeFileSync(join(directory, 'Corefile'), withoutMissing(join(directory, `${name}.Corefile`)));
	return directory;
}

test('every Corefile that loads has a node', () => {
	assert.deepEqual([...Object.keys(nodeCases), ...refused].sort(), [...corefileNames]);
});

describe('on a node of its own', { ...limit, ...unlessNode }, () => {
	for (const [name, nodeCase] of Object.entries(nodeCases)) {
		const missing = missingIn(name);

		test(`${name}.Corefile: cluster, reverse and other names, over UDP and TCP`, limit, async (t) => {
			await visitNode(t, nodeCase, {
				directory: await placed(t, name),
				possible: ({ needs }) => needs === undefined || !missing.includes(needs),
			});
		});

		for (const directive of missing) {
			test(`${name}.Corefile: ${directive}`, { skip: `petrel does not have ${directive} yet` }, () => {});
		}
	}
});
