/**
 * Goal: without a compiler, or with one that fails, installing goes on and one line says why; where it works, the addon that
 * comes out is loaded. Method: the script that `npm ci` runs, in a copy of its own.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { skipNative } from './net/native.ts';

const root = resolve(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'petrel-build-'));
after(() => rmSync(copy, { recursive: true }));
mkdirSync(join(copy, 'native'));
cpSync(join(root, 'scripts/build-native.js'), join(copy, 'scripts/build-native.js'));
for (const source of globSync('*.{c,h,gyp}', { cwd: join(root, 'native') })) {
	cpSync(join(root, 'native', source), join(copy, 'native', source));
}

function build(args: readonly string[], environment: NodeJS.ProcessEnv) {
	return spawnSync(process.execPath, [join(copy, 'scripts/build-native.js'), ...args], {
		encoding: 'utf8',
		env: { ...process.env, ...environment },
	});
}

test('no compiler: one line, and installing goes on', () => {
	const { status, stderr } = build([], { CC: 'no-such-compiler' });
	assert.equal(status, 0);
	assert.match(
		stderr,
		/^petrel: the native UDP addon is not built: there is no C compiler \(no-such-compiler: not found\); node:dgram is used instead\n$/,
	);
});

test('a compiler that fails: one line with its error, nothing half-built', () => {
	const compiler = join(copy, 'failing-compiler');
	writeFileSync(
		compiler,
		'#!/bin/sh\necho note >&2\necho "addon.c:1: fatal error: no such thing" >&2\nexit 1\n',
		{
			mode: 0o755,
		},
	);
	const { status, stderr } = build([], { CC: compiler });
	assert.equal(status, 0);
	assert.match(stderr, /^petrel: .*addon\.c:1: fatal error: no such thing; node:dgram is used instead\n$/);
	assert.deepEqual(globSync('native/build/**/*.node*', { cwd: copy }), []);
});

test('--must makes it an error', () => {
	assert.equal(build(['--must'], { CC: 'no-such-compiler' }).status, 1);
});

test('with a compiler: the addon, and a prebuilt one, where the loader looks', { skip: skipNative }, () => {
	assert.deepEqual(build(['--must'], {}).stderr, '');
	assert.deepEqual(build(['--prebuild'], {}).stderr, '');
	assert.ok(existsSync(join(copy, 'native/build/Release/petrel_udp.node')));
	const prebuilt = globSync('native/prebuilds/*/*.node', { cwd: copy });
	assert.equal(prebuilt.length, 1);
	const load = `require('node-gyp-build').resolve(${JSON.stringify(join(copy, 'native'))})`;
	const script = `process.stdout.write(${load}); require(${load}).attach(0, true, () => {})`;
	rmSync(join(copy, 'native/build'), { recursive: true });
	const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
		encoding: 'utf8',
		cwd: root,
	});
	assert.equal(status, 0, stderr);
	assert.equal(stdout, join(copy, prebuilt[0]));
});
