/** Goal: the files run on anybody's machine: no path of the one they were written on, no host of a package registry. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, trackedPaths } from './source.ts';

const patterns: Readonly<Record<string, RegExp>> = {
	'a home directory': /(?<![\w.~-])\/(?:home|Users)\/[a-z][\w.-]*\/|(?<![\w.~-])\/root\/|[A-Z]:\\Users\\/,
	'a working directory': /(?<![\w.~-])\/(?:work|workspace|builds)\/\w/,
	'a temporary directory': /(?<![\w.~-])\/(?:tmp|var\/tmp|var\/folders)\/\w/,
	'a package registry': /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\bnpm\.pkg\.|\b(?:artifactory|nexus)\b/i,
	'a downloaded address': /"resolved":\s*"https?:|^\s*(?:@[\w-]+:)?registry\s*=/m,
};

/** This file names what it looks for. */
const exempt = new Set(['test/tidy/machine-paths.test.ts']);

test('no tracked file names a path of a machine or a package registry', () => {
	const found: string[] = [];
	for (const path of trackedPaths()) {
		if (exempt.has(path)) continue;
		const lines = readFileSync(join(root, path), 'utf8').split('\n');
		for (const [index, line] of lines.entries()) {
			for (const [what, pattern] of Object.entries(patterns)) {
				if (pattern.test(line)) found.push(`${path}:${index + 1}: ${what}: ${line.trim().slice(0, 120)}`);
			}
		}
	}
	assert.deepEqual(found, []);
});

test('the patterns find what they are for', () => {
	const rows: [string, string][] = [
		['a home directory', 'see /home/jane/petrel/src'],
		['a home directory', '"/Users/jane/petrel"'],
		['a home directory', 'cd /root/petrel'],
		['a working directory', 'cd /workspace/petrel'],
		['a temporary directory', 'in /tmp/scratch.md'],
		['a package registry', 'https://registry.npmjs.org/pino'],
		['a downloaded address', '"resolved": "https://mirror.example/pino.tgz"'],
		['a downloaded address', 'registry=https://mirror.example/'],
	];
	for (const [what, line] of rows) assert.match(line, patterns[what]);
	for (const pattern of Object.values(patterns)) {
		assert.doesNotMatch('src/tmp/file.ts ~/tmp/x https://example.org/home/', pattern);
	}
});
