/**
 * Goal: what docs/from-*.md tell people to change is what they have, and petrel takes the result. Method: every diff is
 * applied to the file that it names, which holds what a project publishes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCorefile } from '../../src/config/load.ts';
import { corefilePath, missingDirective } from '../support/corefiles.ts';
import { root } from './source.ts';

const documents = ['docs/from-nodelocaldns.md', 'docs/from-coredns.md'];

interface Diff {
	readonly document: string;
	readonly file: string;
	readonly text: string;
}

const diffs: Diff[] = documents.flatMap((document) => {
	const text = readFileSync(join(root, document), 'utf8');
	const blocks = text.matchAll(/^```diff (\S+)\n([\s\S]*?)^```/gm);
	return [...blocks].map(([, file, block]) => ({ document, file, text: block }));
});

/** Applies hunks that are parted by `@@`, one behind the other; each must be found exactly as it stands. */
function apply(before: string, diff: string): string {
	let rest = before;
	let after = '';
	for (const hunk of diff.split(/^@@\n/m)) {
		const lines = hunk.split('\n').slice(0, -1);
		const side = (sign: string): string =>
			lines
				.filter((line) => ' '.concat(sign).includes(line[0]))
				.map((line) => `${line.slice(1)}\n`)
				.join('');
		const at = rest.indexOf(side('-'));
		assert.notEqual(at, -1, `not found in the file:\n${side('-')}`);
		after += rest.slice(0, at) + side('+');
		rest = rest.slice(at + side('-').length);
	}
	return after + rest;
}

function applied({ file, text }: Diff): string {
	return apply(readFileSync(join(root, file), 'utf8'), text);
}

/** The arguments of the container: `args: [ "a", "b" ]`. */
function argumentsIn(manifest: string): string[] {
	return JSON.parse(/args: (\[.*\])/.exec(manifest)![1]);
}

test('every document has diffs', () => {
	for (const document of documents)
		assert.ok(
			diffs.some((diff) => diff.document === document),
			document,
		);
});

for (const diff of diffs.filter(({ file }) => file.endsWith('.yaml'))) {
	test(`${diff.document}: ${diff.file} becomes petrel's, with arguments that it takes`, () => {
		const manifest = applied(diff);
		assert.doesNotMatch(manifest, /image: (?!registry\.example\.org\/petrel:)/);
		const [command, file, ...flags] = argumentsIn(manifest);
		assert.equal(command, 'serve');
		const mounted = `${/mountPath: (\/etc\/coredns)/.exec(manifest)![1]}/${/path: (Corefile\S*)\n/.exec(manifest)![1]}`;
		assert.equal(file, mounted, 'the file is where the ConfigMap is mounted');
		const help = spawnSync(process.execPath, ['bin/petrel.js', 'serve', '--help'], {
			cwd: root,
			encoding: 'utf8',
		});
		for (const flag of flags.filter((word) => word.startsWith('--')))
			assert.ok(help.stdout.includes(flag), flag);
	});
}

test('docs/from-nodelocaldns.md: the ConfigMap with the placeholders replaced is the Corefile that is run in the tests', () => {
	const diff = diffs.find(({ file }) => file.endsWith('cilium-corefile.base'))!;
	const bare = (text: string): string => text.replace(/^#.*\n/gm, '').trim();
	const corefile = applied(diff);
	assert.equal(bare(corefile), bare(readFileSync(corefilePath('cilium'), 'utf8')));
	const { errors } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
	assert.deepEqual(
		errors.filter(({ message }) => missingDirective(message) === undefined),
		[],
	);
});

test('docs/from-nodelocaldns.md: the placeholders that are left are refused, and the error says what belongs there', () => {
	const text = readFileSync(join(root, 'test/corefiles/manifests/cilium-corefile.base'), 'utf8');
	const { errors } = loadCorefile({ path: 'Corefile', text, env: {} });
	const hints = errors.map(({ hint }) => hint).filter((hint) => hint?.includes('__PILLAR__'));
	assert.equal(hints.length, 4);
});

test('flags of node-cache end petrel with exit code 2', () => {
	for (const flag of ['-localip', '-setupinterface=false', '-setupiptables=false', '-upstreamsvc']) {
		const run = spawnSync(process.execPath, ['bin/petrel.js', 'serve', flag, 'x'], {
			cwd: root,
			encoding: 'utf8',
		});
		assert.equal(run.status, 2, `${flag}: ${run.stderr}`);
	}
});

test('apply: a diff of what is not there is an error', () => {
	assert.equal(apply('a\nb\nc\n', ' a\n-b\n+d\n'), 'a\nd\nc\n');
	assert.equal(apply('a\nb\na\nb\n', ' a\n-b\n+d\n@@\n-b\n+e\n'), 'a\nd\na\ne\n');
	assert.throws(() => apply('a\nb\n', '-c\n+d\n'));
});
