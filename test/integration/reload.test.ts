/**
 * Goal: a changed configuration is taken over without a restart. Method: a real process, its file changed and SIGHUP sent
 * (or left to be polled), while clients ask at a steady rate; what the upstreams were asked tells what the cache kept.
 */
import assert from 'node:assert/strict';
import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sumOf } from '../support/exposition.ts';
import {
	askTcp,
	askUdp,
	NoAnswer,
	openUdpClients,
	type Server,
	UdpClient,
} from '../support/integration/client.ts';
import { freePort } from '../support/integration/free-port.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { scrape } from '../support/integration/http.ts';
import { runPetrel, spawnPetrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { SteadyLoad } from '../support/integration/steady-load.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 60_000 };
const queriesPerSec = 1000;
const names = 50;

async function twoZones(t: TestContext, workers = 3) {
	const kept = await startScriptedUpstream(t);
	const former = await startScriptedUpstream(t);
	const later = await startScriptedUpstream(t);
	const corefile = (target: string, more = ''): string =>
		`kept.test {\n\tprometheus 127.0.0.1:0\n\tcache\n\tforward . ${kept.target}\n}\nchanged.test {\n\tcache\n\tforward . ${target}\n${more}}\n`;
	const petrel = await startPetrel(t, corefile(former.target), { workers });
	return { petrel, kept, former, later, corefile };
}

test(
	'T94: a reload that changes one upstream loses no query, and the cache of the other zone stays',
	limit,
	async (t) => {
		const { petrel, kept, former, later, corefile } = await twoZones(t);
		const load = await SteadyLoad.start(petrel, {
			queriesPerSec,
			nameOf: (n) => `n${n % names}.${n % 2 ? 'kept' : 'changed'}.test`,
		});
		await until(() => load.sent > queriesPerSec / 2);
		const [keptAsked, formerAsked] = [kept.script.report.total, former.script.report.total];
		for (const target of [later.target, former.target, later.target]) {
			assert.match(await petrel.reload(corefile(target)), /Reloading complete/);
		}
		const exposition = await scrape(petrel);
		const zone = 'kept.test.';
		assert.ok(
			sumOf(exposition, 'coredns_dns_requests_total', { zone })! > queriesPerSec / 4,
			'no counter went back',
		);
		assert.equal(sumOf(exposition, 'coredns_reload_failed_total'), 0);
		const after = load.sent;
		await until(() => load.sent > after + queriesPerSec / 2);
		const { sent, answered, lost, rcodes } = await load.end();
		t.diagnostic(`${sent} sent, ${answered} answered, ${lost} lost over three reloads`);
		assert.equal(lost, 0);
		assert.deepEqual(Object.keys(rcodes), ['0']);
		assert.ok(
			keptAsked > 0 && kept.script.report.total === keptAsked,
			'the cache of the other zone was kept',
		);
		assert.ok(formerAsked > 0 && later.script.report.total > 0, 'the new upstream is asked');
		assert.match(petrel.log, /^\[INFO\] plugin\/reload: Running configuration SHA512 = [0-9a-f]{128}$/m);
	},
);

test('T93: a configuration with an error changes nothing and is told with its place', limit, async (t) => {
	const { petrel, kept, corefile, former } = await twoZones(t);
	await askUdp(petrel, 'a.kept.test');
	const asked = kept.script.report.total;
	const bad = corefile(former.target, '\tchache 30\n');
	assert.match(await petrel.reload(bad), /^\[ERROR\] Restart failed/);
	await petrel.logged(/^\[ERROR\] plugin\/reload: .*Corefile:9:2: there is no directive `chache`.*`cache`/m);
	assert.equal((await askUdp(petrel, 'a.kept.test')).rcode, 'NOERROR');
	assert.equal((await askUdp(petrel, 'b.changed.test')).rcode, 'NOERROR');
	assert.equal(kept.script.report.total, asked, 'the cache is still there');
	assert.equal((await runPetrel(['check', petrel.corefile])).code, 2);
	const status = async (): Promise<{
		result: string;
		message?: string;
		place?: { line: number; column: number };
	}> => {
		const args = ['status', '--control', petrel.control, '--format', 'json'];
		return JSON.parse((await runPetrel(args)).stdout).reload;
	};
	const { result, message, place } = await status();
	assert.deepEqual([result, place?.line, place?.column], ['failed', 9, 2]);
	assert.match(message!, /no directive `chache`/);
	assert.equal(sumOf(await scrape(petrel), 'coredns_reload_failed_total'), 1);
	assert.match(await petrel.reload(corefile(former.target)), /nothing has changed/);
	assert.equal((await status()).result, 'none');
});

test('a reload that needs an address which cannot be had changes nothing', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const port = await freePort();
	const corefile = (bind: string): string =>
		`.:${port} {\n\tbind ${bind}\n\tforward . ${upstream.target}\n}\n`;
	const petrel = await startPetrel(t, corefile('127.0.0.1'), { listen: [] });
	assert.match(await petrel.reload(corefile('127.0.0.1 192.0.2.77')), /Restart failed/);
	await petrel.logged(/plugin\/reload: .*192\.0\.2\.77/);
	assert.equal((await askUdp(petrel, 'still.test')).rcode, 'NOERROR');
});

test(
	'a new address answers before the old one is given up, and who waits there gets an answer',
	limit,
	async (t) => {
		const upstream = await startScriptedUpstream(t);
		const port = await freePort();
		const corefile = (bind: string): string =>
			`.:${port} {\n\tbind ${bind}\n\tcache\n\tforward . ${upstream.target}\n}\n`;
		const petrel = await startPetrel(t, corefile('127.0.0.1'), { listen: [] });
		const before = { address: '127.0.0.1', port };
		const after = { address: '127.0.0.2', port };
		const clients = await openUdpClients(before, 12);
		const waiting = clients.map((client, i) => client.ask(`delay1500ms.waits-${i}.test`));
		await until(() => upstream.script.report.total >= 12);
		assert.match(await petrel.reload(corefile('127.0.0.2')), /Reloading complete/);
		for (const ask of [askUdp, askTcp]) assert.equal((await ask(after, 'new.test')).rcode, 'NOERROR');
		for (const reply of await Promise.all(waiting)) assert.equal(reply.rcode, 'NOERROR');
		await until(async () => !(await isAnswered(before)));
		assert.match(await petrel.reload(corefile('0.0.0.0')), /Reloading complete/);
		for (const server of [before, after]) assert.equal((await askUdp(server, 'all.test')).rcode, 'NOERROR');
		for (const client of clients) client.close();
	},
);

async function isAnswered(server: Server): Promise<boolean> {
	const client = await UdpClient.open(server);
	try {
		await client.ask('gone.test', {}, 200);
		return true;
	} catch (thrown) {
		if (thrown instanceof NoAnswer) return false;
		throw thrown;
	} finally {
		client.close();
	}
}

test('blocks that move in the file keep their cache, one whose TTLs change does not', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const block = (zone: string, cache: string): string =>
		`${zone} {\n\t${cache}\n\tforward . ${upstream.target}\n}\n`;
	const [one, two] = [block('one.test', 'cache'), block('two.test', 'cache')];
	const petrel = await startPetrel(t, one + two);
	const names = ['a.one.test', 'a.two.test'];
	for (const name of names) await askUdp(petrel, name);
	assert.equal(upstream.script.report.total, 2);
	await petrel.reload(block('new.test', 'cache') + two + one);
	for (const name of names) await askUdp(petrel, name);
	assert.equal(upstream.script.report.total, 2);
	await petrel.reload(two + block('one.test', 'cache 60'));
	for (const name of names) await askUdp(petrel, name);
	assert.equal(upstream.script.report.total, 3);
	await petrel.reload(two + block('one.test', 'errors'));
	assert.equal((await askUdp(petrel, 'a.new.test')).rcode, 'REFUSED');
});

test(
	'a ConfigMap that is swapped by its symlink is found by polling, and a bad one is told once',
	limit,
	async (t) => {
		const upstream = await startScriptedUpstream(t);
		const directory = await temporaryDirectory(t);
		const write = async (version: string, text: string): Promise<void> => {
			await mkdir(join(directory, version));
			await writeFile(join(directory, version, 'Corefile'), text);
			await symlink(version, join(directory, '..data_tmp'));
			await rename(join(directory, '..data_tmp'), join(directory, '..data'));
		};
		const corefile = (zone: string, more = ''): string =>
			`${zone} {\n\treload 2s 1s\n\t${more}\n\tforward . ${upstream.target}\n}\n`;
		await write('..1', corefile('first.test'));
		await symlink(join('..data', 'Corefile'), join(directory, 'Corefile'));
		const args = ['serve', join(directory, 'Corefile'), '--listen', '127.0.0.1:0', '--workers', '2'];
		const child = await spawnPetrel(t, args, { cwd: directory });
		const ready = await child.output((_, stderr) => /ready: 127\.0\.0\.1:(\d+)/.exec(stderr) ?? undefined);
		const server = { address: '127.0.0.1', port: Number(ready[1]) };
		await write('..2', corefile('second.test', 'nonsense'));
		await child.output((_, stderr) => /Restart failed/.exec(stderr) ?? undefined);
		assert.equal((await askUdp(server, 'a.first.test')).rcode, 'NOERROR');
		await write('..3', corefile('third.test'));
		await child.output((_, stderr) => /Reloading complete/.exec(stderr) ?? undefined);
		assert.equal((await askUdp(server, 'a.third.test')).rcode, 'NOERROR');
		assert.equal(child.stderr.match(/Restart failed/g)?.length, 1);
		await unlink(join(directory, 'Corefile'));
		await child.output((_, stderr) => (stderr.match(/Restart failed/g)?.length === 2 ? true : undefined));
		assert.equal((await askUdp(server, 'b.third.test')).rcode, 'NOERROR');
	},
);

test('without a file a reload says so and changes nothing', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const directory = await temporaryDirectory(t);
	const args = ['serve', '--upstream', upstream.target, '--listen', '127.0.0.1:0', '--workers', '1'];
	const child = await spawnPetrel(t, args, { cwd: directory });
	await child.output((_, stderr) => /ready:/.exec(stderr) ?? undefined);
	child.signal('SIGUSR1');
	await child.output((_, stderr) => /\[WARNING\] SIGUSR1: there is no file/.exec(stderr) ?? undefined);
});
