/** Which readings of the files are taken over, refused or passed over, and what is said of each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoadResult, loadCorefile } from '../../../src/config/load.ts';
import type { Model } from '../../../src/config/model.ts';
import { createLog } from '../../../src/server/log.ts';
import { Reloader } from '../../../src/server/reloader.ts';
import { seededRandom } from '../../../src/util/random.ts';

const good = '. {\n\twhoami\n}\n';
const other = 'other.test {\n\twhoami\n}\n';
const bad = '. {\n\tnonsense\n}\n';

function house(adopt: (model: Model) => Promise<void> = async () => {}) {
	let text = good;
	const lines: string[] = [];
	const adopted: string[] = [];
	const load = (): LoadResult => loadCorefile({ path: 'Corefile', text, env: {} });
	const reloader = new Reloader({
		load,
		first: load(),
		adopt: async (model) => {
			await adopt(model);
			adopted.push(model.blocks[0].keys[0].zone);
		},
		log: createLog('coredns', (line) => lines.push(line)),
		random: seededRandom(1),
	});
	return { reloader, lines, adopted, become: (next: string) => (text = next) };
}

test('a changed file is taken over, with its hash and when', async () => {
	const { reloader, lines, adopted, become } = house();
	const before = reloader.hash;
	assert.match(before, /^[0-9a-f]{128}$/);
	become(other);
	await reloader.reload('SIGHUP');
	assert.deepEqual(adopted, ['other.test.']);
	assert.notEqual(reloader.hash, before);
	assert.equal(reloader.status.generation, 2);
	assert.deepEqual(lines, [
		'[INFO] SIGHUP: reading the configuration again',
		'[INFO] Reloading',
		`[INFO] plugin/reload: Running configuration SHA512 = ${reloader.hash}`,
		'[INFO] Reloading complete',
	]);
});

test('one that is the same is not taken over again', async () => {
	const { reloader, lines, adopted } = house();
	await reloader.reload('SIGHUP');
	assert.deepEqual(adopted, []);
	assert.equal(lines.at(-1), '[INFO] plugin/reload: nothing has changed');
});

test('one with errors is refused with each error, its place and what to do, and remembered until it is put right', async () => {
	const { reloader, lines, adopted, become } = house();
	become(bad);
	await reloader.reload('SIGHUP');
	assert.deepEqual(adopted, []);
	assert.match(lines[1], /^\[ERROR\] plugin\/reload: Corefile:2:2: there is no directive `nonsense` \(.+\)$/);
	assert.match(lines[2], /^\[ERROR\] Restart failed/);
	assert.equal(reloader.status.failedCount, 1);
	assert.match(reloader.status.failure!.message, /no directive `nonsense`/);
	become(good);
	await reloader.reload('SIGHUP');
	assert.equal(reloader.status.failure, undefined);
	assert.equal(reloader.status.failedCount, 1);
});

test('one that cannot be put to use is refused with the reason', async () => {
	const { reloader, lines, become } = house(async () => {
		throw new Error('192.0.2.1 port 53: no such address');
	});
	become(other);
	const { hash } = reloader;
	await reloader.reload('SIGHUP');
	assert.equal(reloader.hash, hash);
	assert.equal(lines.at(-2), '[ERROR] plugin/reload: 192.0.2.1 port 53: no such address');
});

test('reloads that are asked for at once come one after the other', async () => {
	let underWay = 0;
	const { reloader, adopted, become } = house(async () => {
		underWay++;
		assert.equal(underWay, 1);
		await new Promise((resolve) => setImmediate(resolve));
		underWay--;
	});
	become(other);
	const first = reloader.reload('SIGHUP');
	const second = reloader.reload('SIGUSR1');
	await Promise.all([first, second]);
	assert.deepEqual(adopted, ['other.test.']);
});

test('where `reload` stands, files are looked at by themselves; a bad one is told once', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const polled = `. {\n\treload 2s 1s\n\twhoami\n}\n`;
	const { reloader, lines, adopted, become } = house();
	become(polled);
	await reloader.reload('SIGHUP');
	const settle = async (): Promise<void> => {
		for (let i = 0; i < 20; i++) await Promise.resolve();
	};
	become(bad);
	for (let look = 0; look < 3; look++) {
		t.mock.timers.tick(2500);
		await settle();
	}
	assert.equal(lines.filter((line) => line.includes('Restart failed')).length, 1);
	become(other);
	t.mock.timers.tick(2500);
	await settle();
	assert.deepEqual(adopted, ['.', 'other.test.']);
	become(polled);
	t.mock.timers.tick(60_000);
	await settle();
	assert.equal(adopted.length, 2, 'the configuration of now has no `reload`');
	reloader.close();
});

test('sizes that need a restart are told when they change, and only then', async () => {
	const { reloader, lines, become } = house();
	const told = (): string[] => lines.filter((line) => line.includes('needs a restart'));
	become('. {\n\twhoami\n\tmultisocket 2\n\tcache {\n\t\tsuccess 5000\n\t}\n}\n');
	await reloader.reload('SIGHUP');
	assert.equal(told().length, 2);
	assert.match(
		told()[0],
		/^\[WARNING\] plugin\/reload: `multisocket` changed: .* \(--workers\) and needs a restart$/,
	);
	assert.match(told()[1], /a CAPACITY of `cache` changed: .* \(--cache-size\)/);
	become('. {\n\twhoami\n\tmultisocket 2\n\tcache 30 {\n\t\tsuccess 5000\n\t}\n}\n');
	await reloader.reload('SIGHUP');
	assert.equal(told().length, 2);
});
