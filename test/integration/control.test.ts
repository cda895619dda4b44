/**
 * Goal: petrel is flushed while it runs, over a socket that is its user's alone. Method: real processes
 * with three workers, the real commands; what was flushed is what the upstream is asked for again, and nothing else.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ControlClient } from '../../src/cli/control-client.ts';
import type { FlushReport, ServerStatus } from '../../src/server/control/control-target.ts';
import { askTcp, askUdp, openUdpClients } from '../support/integration/client.ts';
import { controlJson } from '../support/integration/control-json.ts';
import { type House, startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { runPetrel, startPetrel } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 60_000 };
const workers = 3;
const largeBytes = 6000;
/** Above what the workers share. */
const sharedBytes = 4096 + 512;

/** Asks for a large answer over connection after connection, until so many more workers have one of their own. */
async function makeLargeEverywhere({ petrel }: House, name: string, more = workers): Promise<void> {
	const before = (await petrel.counters()).cache_inserted_large;
	await until(async () => {
		const reply = await askTcp(petrel, name, { type: 'TXT' });
		assert.ok(reply.octets.length > sharedBytes, `${reply.octets.length} octets`);
		return (await petrel.counters()).cache_inserted_large - before === more;
	});
}

describe('T95', limit, () => {
	const name = 'svc.ns.svc.cluster.local';
	const large = `tc.size${largeBytes}.ns.svc.cluster.local`;
	/** Names and types in the order in which they are flushed. */
	const ofName = ['A', 'AAAA', 'SRV'].map((type) => [name, type] as const);
	const below = [
		['other.ns.svc.cluster.local', 'A'],
		['nx.ns.svc.cluster.local', 'A'],
		['nodata.ns.svc.cluster.local', 'AAAA'],
		['servfail.ns.svc.cluster.local', 'A'],
		['ns.svc.cluster.local', 'A'],
		[large, 'TXT'],
	] as const;
	const beside = [
		['svc.xns.svc.cluster.local', 'A'],
		['xns.svc.cluster.local', 'A'],
		['svc.cluster.local', 'A'],
		['nx.other.svc.cluster.local', 'A'],
		['www.example', 'A'],
		[`tc.size${largeBytes}.elsewhere.cluster.local`, 'TXT'],
	] as const;
	const all = [...ofName, ...below, ...beside];

	test(
		'T95: flush of a name, then of a suffix: only those names are asked again, on every worker',
		limit,
		async (t) => {
			const house = await startHouse(
				t,
				(target) => `. {\n\tcache {\n\t\tservfail 5m\n\t}\n\tforward . ${target}\n}\n`,
				{ workers },
			);
			const { upstream, petrel } = house;
			const counts = () =>
				new Map(all.map(([asked, type]) => [`${asked} ${type}`, upstream.script.report.count(asked, type)]));
			const askAll = async (): Promise<void> => {
				for (const [asked, type] of all) {
					if (type === 'TXT') await askTcp(petrel, asked, { type });
					else await askUdp(petrel, asked, { type });
				}
			};
			const askedAgain = async (): Promise<string[]> => {
				const before = counts();
				await askAll();
				const now = counts();
				return [...before].filter(([key, count]) => now.get(key) !== count).map(([key]) => key);
			};
			const textOf = (list: readonly (readonly [string, string])[]) =>
				list.map(([asked, type]) => `${asked} ${type}`);
			for (const [asked, type] of all) if (type === 'TXT') await makeLargeEverywhere(house, asked);
			await askAll();
			assert.deepEqual(await askedAgain(), [], 'all are cached');

			const first = await controlJson<FlushReport>(house, 'flush', 'SVC.ns.svc.cluster.local.');
			assert.equal(first.removed_count, ofName.length);
			assert.deepEqual(await askedAgain(), textOf(ofName));

			const second = await controlJson<FlushReport>(house, 'flush', '--suffix', 'ns.svc.cluster.local');
			assert.equal(second.removed.large, workers, 'the large answer of every worker');
			assert.equal(second.removed.failure, 1);
			assert.equal(second.removed_count, ofName.length + below.length - 1 + workers);
			assert.deepEqual((await askedAgain()).toSorted(), textOf([...ofName, ...below]).toSorted());

			await makeLargeEverywhere(house, large, workers - 1);
			const typed = await controlJson<FlushReport>(house, 'flush', name, '--type', 'AAAA');
			assert.equal(typed.removed_count, 1);
			assert.deepEqual(await askedAgain(), [`${name} AAAA`]);

			await controlJson<FlushReport>(house, 'flush', '--all');
			const { cache } = await controlJson<ServerStatus>(house, 'status');
			assert.deepEqual([cache.positive_count, cache.negative_count, cache.failure_count], [0, 0, 0]);
			assert.equal((await askedAgain()).length, all.length);
		},
	);
});

test('a flush takes an NXDOMAIN above a name with it, so that the name is asked again', limit, async (t) => {
	const house = await startHouse(
		t,
		(target) => `. {\n\tcache {\n\t\tnxdomain_cut\n\t}\n\tforward . ${target}\n}\n`,
	);
	const { petrel, upstream } = house;
	const asked = (): number => upstream.script.report.count('new.nx.test');
	await askUdp(petrel, 'nx.test');
	assert.equal((await askUdp(petrel, 'new.nx.test')).rcode, 'NXDOMAIN');
	assert.equal(asked(), 0, 'the NXDOMAIN above denies it');
	const { removed } = await controlJson<FlushReport>(house, 'flush', 'new.nx.test');
	assert.deepEqual([removed.cut, removed.negative], [1, 0]);
	await askUdp(petrel, 'new.nx.test');
	assert.equal(asked(), 1);
});

test('a flush in one server block leaves the same name of another alone', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const block = (zone: string) => `${zone} {\n\tcache\n\tforward . ${upstream.target}\n}\n`;
	const petrel = await startPetrel(t, block('.') + block('a.test'));
	await askUdp(petrel, 'www.a.test');
	assert.equal(
		(await controlJson<FlushReport>({ petrel }, 'flush', 'www.a.test', '--block', '.')).removed_count,
		0,
	);
	assert.equal(
		(await controlJson<FlushReport>({ petrel }, 'flush', 'www.a.test', '--block', 'A.test')).removed_count,
		1,
	);
	const unknown = await runPetrel(['flush', 'a', '--block', 'b.test', '--control', petrel.control]);
	assert.equal(unknown.code, 2);
	assert.match(unknown.stderr, /no server block has the zone b\.test\.; there are \. a\.test\./);
});

test('an answer that was under way at a flush reaches who waits, and is not kept', limit, async (t) => {
	const house = await startHouse(
		t,
		(target) => `. {\n\tcache {\n\t\tservfail 5m\n\t}\n\tforward . ${target}\n}\n`,
		// Large answers are one worker's own.
		{ workers: 1 },
	);
	const { petrel, upstream } = house;
	const client = new ControlClient(petrel.control);
	for (const name of [
		'delay1000ms.slow.test',
		'delay1000ms.servfail.slow.test',
		'tc.delay1000ms.size6000.slow.test',
	]) {
		const type = name.includes('size') ? 'TXT' : 'A';
		const ask = () => askTcp(petrel, name, { type });
		const asked = (): number => upstream.script.report.count(name, type);
		const first = ask();
		await until(() => asked() > 0);
		// At once: a command of its own would take longer to start than the answer takes.
		await client.post('/flush', { name: 'slow.test', suffix: true });
		const answered = await first;
		const before = asked();
		assert.equal((await ask()).rcode, answered.rcode);
		assert.ok(asked() > before, `${name} is asked again`);
		const again = asked();
		await ask();
		assert.equal(asked(), again, `${name} is kept now`);
	}
	assert.ok((await petrel.counters()).cache_outrun_by_flush >= 3);
});

test('flushes under load: workers go on, nothing is lost, the counters tell', limit, async (t) => {
	const house = await startHouse(t, undefined, { workers });
	const { petrel } = house;
	const clients = await openUdpClients(petrel, 8);
	let over = false;
	let replies = 0;
	const load = clients.map(async (client, index) => {
		for (let i = 0; !over; i++) {
			const reply = await client.ask(`n${i % 50}.c${index}.load.test`);
			assert.equal(reply.rcode, 'NOERROR');
			replies++;
		}
	});
	let removed = 0;
	for (let i = 0; i < 5; i++) {
		const report = await controlJson<FlushReport>(house, 'flush', '--suffix', 'load.test');
		assert.deepEqual([report.locked_count, report.silent_workers], [0, []]);
		removed += report.removed_count;
	}
	over = true;
	await Promise.all(load);
	for (const client of clients) client.close();
	const counters = await petrel.counters();
	assert.ok(replies > 0 && removed > 0);
	assert.equal(counters.flushes, 5);
	assert.equal(counters.flushed_entries, removed);
	assert.equal(counters.faults, 0);
});
