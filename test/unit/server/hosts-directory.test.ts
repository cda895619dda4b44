/**
 * Goal: hosts files are read once for all, and again when they change; what is wrong with them is told once, and what was
 * read last holds as long as nothing better is there. Method: real files, looked at every few milliseconds.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { loadCorefile } from '../../../src/config/load.ts';
import type { HostsFile } from '../../../src/engine/local/hosts.ts';
import { HostsTable } from '../../../src/engine/local/hosts-table.ts';
import { HostsDirectory } from '../../../src/server/hosts-directory.ts';
import { hostsPairsMax, parseHosts } from '../../../src/server/hosts-file.ts';
import { createLog } from '../../../src/server/log.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { until } from '../../support/integration/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'petrel-hosts-'));
after(() => rmSync(folder, { recursive: true }));

const limit = { timeout: 10_000 };

/** Closed with its test, whichever way that ends: what goes on looking would keep the process alive. */
function open(cleanup: Pick<TestContext, 'after'>, corefile: string) {
	const { model, errors } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
	assert.deepEqual(errors, []);
	const lines: string[] = [];
	const changes: HostsFile[] = [];
	const log = createLog('coredns', (line) => lines.push(line));
	const directory = new HostsDirectory({ model: model!, log, onChange: (file) => changes.push(file) });
	cleanup.after(() => directory.close());
	return { directory, lines, changes };
}

/** In one step: nobody sees half of it. */
function replace(path: string, text: string): void {
	const fresh = `${path}.new`;
	writeFileSync(fresh, text);
	renameSync(fresh, path);
}

function has({ table }: HostsFile, name: string): boolean {
	const wire = nameToWire(name);
	return new HostsTable(table).findName(wire, wire.length) !== 0;
}

test('one file is read once for all blocks, and its entries are counted as CoreDNS does', async (t) => {
	const path = join(folder, 'once');
	writeFileSync(path, '192.0.2.1 a b # c\n\n# 192.0.2.2 d\n2001:db8::1 a\r\n192.0.2.3 *.w\n');
	const { directory, lines } = open(
		t,
		`a {\nhosts ${path} {\n192.0.2.9 x *.y\n}\n}\nb {\nhosts ${path} {\nno_reverse\n}\n}`,
	);
	await directory.open();
	assert.equal(directory.current.length, 1);
	const [file] = directory.current;
	assert.equal(file.path, path);
	assert.deepEqual(
		['a.', 'b.', '*.w.', 'c.', 'd.', 'x.'].map((name) => has(file, name)),
		[true, true, true, false, false, false],
	);
	// 4 pairs and 3 of them reversed, 2 lines of the Corefile and 1 of them reversed.
	assert.deepEqual(directory.states, [{ path, entries: 10, reloadedAtMs: statSync(path).mtimeMs }]);
	assert.deepEqual(lines, []);
});

test(
	'a file that changes is read again, by renaming too; one that does not is left alone',
	limit,
	async (t) => {
		const path = join(folder, 'changes');
		writeFileSync(path, '192.0.2.1 first\n');
		const { directory, lines, changes } = open(t, `. {\nhosts ${path} {\nreload 5ms\n}\n}`);
		await directory.open();
		replace(path, '192.0.2.1 second.one\n');
		await until(() => changes.length === 1);
		assert.deepEqual([has(changes[0], 'second.one.'), has(changes[0], 'first.')], [true, false]);
		assert.deepEqual(directory.current, [changes[0]]);
		const other = join(folder, 'other');
		writeFileSync(other, '192.0.2.1 third.one.x\n');
		renameSync(other, path);
		await until(() => changes.length === 2);
		assert.equal(has(changes[1], 'third.one.x.'), true);
		// The same size: the time alone tells.
		writeFileSync(other, '192.0.2.1 fourt.one.x\n');
		utimesSync(other, 1_000_000_000, 1_000_000_000);
		renameSync(other, path);
		await until(() => changes.length === 3);
		assert.equal(directory.states[0].reloadedAtMs, 1e12);
		assert.equal(
			lines.filter((line) => /\[INFO\] .*changes changed: it has 1 names now/.test(line)).length,
			3,
		);
	},
);

test(
	'a file that is missing may come later; while it is gone, what was read last holds',
	limit,
	async (t) => {
		const path = join(folder, 'later');
		const { directory, lines, changes } = open(t, `. {\nhosts ${path} {\nreload 5ms\n}\n}`);
		await directory.open();
		assert.deepEqual(directory.current, []);
		assert.deepEqual(directory.states, [{ path, entries: 0, reloadedAtMs: undefined }]);
		assert.match(lines[0], /later does not exist; nothing of it is answered until it can be read/);
		replace(path, '192.0.2.1 here\n');
		await until(() => changes.length === 1);
		rmSync(path);
		await until(() => lines.length === 2);
		assert.match(lines[1], /later does not exist; what was read last holds until it can be read/);
		assert.equal(has(directory.current[0], 'here.'), true);
		assert.equal(changes.length, 1);
	},
);

test('lines that say nothing usable are left out and told of once, with their places', limit, async (t) => {
	const path = join(folder, 'bad');
	const bad = '192.0.2.300 a\n192.0.2.1\n192.0.2.1 ok\n192.0.2.1 a..b\n';
	writeFileSync(path, bad);
	const { directory, lines, changes } = open(t, `. {\nhosts ${path} {\nreload 5ms\n}\n}`);
	await directory.open();
	assert.equal(has(directory.current[0], 'ok.'), true);
	const places = (line: string): string | undefined => /bad:(\d+): .*; the line is left out$/.exec(line)?.[1];
	assert.deepEqual(lines.map(places), ['1', '2', '4']);
	replace(path, `${bad}not an address\n`);
	await until(() => changes.length === 1);
	assert.deepEqual(
		lines.slice(3).flatMap((line) => places(line) ?? []),
		['5'],
	);
});

test('of a file that is no hosts file, ten lines are told of and the rest counted', async (t) => {
	const path = join(folder, 'prose');
	writeFileSync(path, 'some prose\n'.repeat(500));
	const { directory, lines } = open(t, `. {\nhosts ${path}\n}`);
	await directory.open();
	assert.equal(lines.length, 11);
	assert.match(lines[10], /490 more lines are left out/);
});

test('a file that is too large, or a directory, is not used', async (t) => {
	const path = join(folder, 'large');
	writeFileSync(path, '192.0.2.1 a\n');
	truncateSync(path, 32 * 1024 * 1024 + 1);
	const { directory, lines } = open(t, `. {\nhosts ${path}\n}\nb {\nhosts ${folder}\n}`);
	await directory.open();
	assert.deepEqual(directory.current, []);
	assert.match(lines[0], /large cannot be used: it has 33554433 octets; 33554432 are allowed/);
	assert.match(lines[1], /cannot be used: it is not a file/);
});

test('a file has at most a million names', () => {
	const line = `192.0.2.1 ${'a '.repeat(1000)}\n`;
	assert.throws(() => parseHosts('x', line.repeat(hostsPairsMax / 1000 + 1)), /more than 1000000 names/);
});

test('reload 0 reads once', limit, async (t) => {
	const path = join(folder, 'never');
	writeFileSync(path, '192.0.2.1 first\n');
	const other = join(folder, 'again');
	writeFileSync(other, '192.0.2.1 first\n');
	const { directory, changes } = open(
		t,
		`a {\nhosts ${path} {\nreload 0\n}\n}\nb {\nhosts ${other} {\nreload 5ms\n}\n}\nc {\nhosts ${other} {\nreload 0\n}\n}`,
	);
	await directory.open();
	replace(path, '192.0.2.1 second\n');
	replace(other, '192.0.2.1 second\n');
	// The other file has been looked at several times by then.
	await until(() => changes.length === 1);
	replace(other, '192.0.2.1 third.one\n');
	await until(() => changes.length === 2);
	assert.deepEqual(
		changes.map((change) => change.path),
		[other, other],
	);
});
