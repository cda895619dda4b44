/**
 * Goal: what `petrel record` records is what was asked and what came of it, and serving does not depend on it. Method: a real
 * petrel with workers, the real command; its file is read by the readers that `petrel policies` and `petrel load` have.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerStatus } from '../../src/server/control/control-target.ts';
import { nameToText } from '../../src/wire/presentation.ts';
import { openTrace } from '../../src/workload/read/open-trace.ts';
import type { TraceQuery } from '../../src/workload/trace-query.ts';
import type { Child, Exit } from '../support/integration/child.ts';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { controlJson } from '../support/integration/control-json.ts';
import { type House, startHouse } from '../support/integration/house.ts';
import { runPetrel, spawnPetrel, temporaryDirectory } from '../support/integration/petrel.ts';

const limit = { timeout: 60_000 };

interface Recorder {
	readonly child: Child;
	readonly path: string;
	/** Ends it as somebody does at a terminal; returns what it said. */
	end(): Promise<Exit>;
}

/** A recording that has begun on every worker. */
async function startRecorder(
	t: TestContext,
	{ petrel }: House,
	args: readonly string[] = [],
	name = 'out.log',
): Promise<Recorder> {
	const seen = petrel.log.length;
	const directory = await temporaryDirectory(t);
	const path = join(directory, name);
	const child = await spawnPetrel(t, ['record', path, '--control', petrel.control, ...args], {
		cwd: directory,
	});
	const begun = petrel.child.output(
		(_, stderr) => /queries are recorded, /.exec(stderr.slice(seen)) ?? undefined,
	);
	await Promise.race([begun, child.exited.then(() => assert.fail(child.stderr))]);
	return {
		...{ child, path },
		end: async () => {
			child.signal('SIGINT');
			return child.exited;
		},
	};
}

async function queriesIn(path: string): Promise<TraceQuery[]> {
	const queries: TraceQuery[] = [];
	const trace = openTrace(path);
	for await (const query of trace) queries.push(query);
	assert.equal(trace.format, 'zeek');
	return queries;
}

/** Values of all rows, by column, in order of time: each worker's come together. */
function rowsOf(path: string): Record<string, string>[] {
	const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
	const [, ...names] = lines.find((line) => line.startsWith('#fields'))!.split('\t');
	return lines
		.filter((line) => !line.startsWith('#'))
		.map((line) => Object.fromEntries(line.split('\t').map((value, i) => [names[i], value])))
		.toSorted((a, b) => Number(a.ts) - Number(b.ts));
}

test('what is asked over UDP and TCP, hits and misses, denials and failures, read back', limit, async (t) => {
	const house = await startHouse(t);
	const { petrel } = house;
	const recorder = await startRecorder(t, house);
	const edns = { sizeBytes: 1400, dnssecOk: true };
	await askUdp(petrel, 'Www.ttl30.test', { id: 77 });
	await askUdp(petrel, 'ttl30.www.test', { id: 78 });
	await askUdp(petrel, 'www.TTL30.test', { edns });
	await askTcp(petrel, 'www.ttl30.test');
	await askUdp(petrel, 'soattl20.nx.test');
	await askTcp(petrel, 'soattl20.nx.test');
	await askUdp(petrel, 'nodata.test', { type: 'AAAA' });
	await askUdp(petrel, 'servfail.test');
	assert.deepEqual(await recorder.end(), { code: 0, signal: null });
	assert.match(
		recorder.child.stderr,
		/^petrel: recorded 8 queries in .* 0 could not be handed over; interrupted\n$/m,
	);
	const queries = await queriesIn(recorder.path);
	assert.deepEqual(
		queries.map(({ qname, qtype, rcode }) => [nameToText(qname), qtype, rcode]),
		[
			['Www.ttl30.test.', 1, 0],
			['ttl30.www.test.', 1, 0],
			['www.TTL30.test.', 1, 0],
			['www.ttl30.test.', 1, 0],
			['soattl20.nx.test.', 1, 3],
			['soattl20.nx.test.', 1, 3],
			['nodata.test.', 28, 0],
			['servfail.test.', 1, 2],
		],
	);
	assert.deepEqual(
		rowsOf(recorder.path).map(({ cache, proto }) => `${proto} ${cache}`),
		['udp miss', 'udp miss', 'udp miss', 'tcp hit', 'udp miss', 'tcp hit', 'udp miss', 'udp miss'],
		'DO is another key',
	);
	assert.deepEqual(queries[2].edns, { udpPayloadBytes: 1400, dnssecOk: true });
	assert.ok(queries.every(({ client }) => client === undefined));
	assert.deepEqual([queries[4].denialTtlSec, queries[5].denialTtlSec], [20, 20]);
	const nowMs = Date.now();
	assert.ok(queries.every(({ atMs }) => atMs > nowMs - 60_000 && atMs <= nowMs));
});

test('a hit has the TTL at fetch and the size of the whole reply', limit, async (t) => {
	const house = await startHouse(t);
	const recorder = await startRecorder(t, house);
	await askUdp(house.petrel, 'ttl30.count4.test');
	await sleep(2100);
	const hit = await askUdp(house.petrel, 'ttl30.count4.test');
	assert.ok(hit.answers[0].ttl < 30);
	await recorder.end();
	const [miss, again] = await queriesIn(recorder.path);
	assert.deepEqual([miss.answerTtlSec, again.answerTtlSec], [30, 30]);
	assert.deepEqual([miss.replyBytes, again.replyBytes], [hit.octets.length, hit.octets.length]);
	assert.ok(miss.rttUs! > 0);
	assert.equal(again.rttUs, undefined);
	assert.ok(again.atMs - miss.atMs >= 2000);
});

test('hashed names and clients, and a key from a file that makes recordings alike', limit, async (t) => {
	const house = await startHouse(t);
	const key = join(await temporaryDirectory(t), 'key');
	writeFileSync(key, Buffer.alloc(32, 9));
	const texts: string[] = [];
	for (const args of [['--hash-names'], ['--hash-key', key], ['--hash-key', key]]) {
		const recorder = await startRecorder(t, house, [...args, '--clients', 'hashed']);
		await askUdp(house.petrel, 'private.ns.svc.cluster.local', { type: 'AAAA' });
		await askUdp(house.petrel, 'other.ns.svc.cluster.local', { type: 'AAAA' });
		await recorder.end();
		const text = readFileSync(recorder.path, 'latin1');
		for (const word of ['private', 'svc', 'cluster', '127.0.0.1']) assert.ok(!text.includes(word), word);
		const [first, second] = await queriesIn(recorder.path);
		assert.equal(first.qtype, 28);
		assert.equal(first.qname.length, 'private.ns.svc.cluster.local'.length + 2);
		assert.equal(
			nameToText(first.qname).split('.').slice(1).join(),
			nameToText(second.qname).split('.').slice(1).join(),
		);
		assert.match(first.client!, /^fd00::/);
		assert.equal(first.client, second.client);
		texts.push(nameToText(first.qname));
	}
	assert.equal(texts[1], texts[2]);
	assert.notEqual(texts[0], texts[1]);
});

test(
	'one at a time: a second recorder is told so, and has its turn when the first is gone',
	limit,
	async (t) => {
		const house = await startHouse(t);
		const first = await startRecorder(t, house);
		const directory = await temporaryDirectory(t);
		const args = ['record', join(directory, 'second.log'), '--control', house.petrel.control];
		const second = await runPetrel(args, { cwd: directory });
		assert.equal(second.code, 1);
		assert.match(second.stderr, /another petrel record is at it: it ends within \d+ s.*\[PETREL_CONTROL\]/);
		first.child.signal('SIGKILL');
		await first.child.exited;
		await house.petrel.logged(/queries are recorded no longer/);
		const third = await startRecorder(t, house, ['--max-queries', '1']);
		await askUdp(house.petrel, 'www.test');
		assert.equal((await third.child.exited).code, 0);
		assert.match(third.child.stderr, /recorded 1 queries .*--max-queries are there/);
	},
);

test('bounds: time, queries, octets', limit, async (t) => {
	const house = await startHouse(t);
	const ask = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++) await askUdp(house.petrel, `n${i}.test`);
	};
	const byTime = await startRecorder(t, house, ['--duration', '600ms'], 'time.log.gz');
	await ask(3);
	assert.equal((await byTime.child.exited).code, 0);
	assert.match(byTime.child.stderr, /--duration is over/);
	assert.equal((await queriesIn(byTime.path)).length, 3);

	const byCount = await startRecorder(t, house, ['--max-queries', '5'], 'count.log.zst');
	await ask(8);
	assert.equal((await byCount.child.exited).code, 0);
	assert.equal((await queriesIn(byCount.path)).length, 5);

	const byBytes = await startRecorder(t, house, ['--max-bytes', '4KiB']);
	await ask(60);
	assert.equal((await byBytes.child.exited).code, 0);
	assert.match(byBytes.child.stderr, /the file has --max-bytes/);
	const text = readFileSync(byBytes.path, 'utf8');
	assert.ok(text.length <= 4096);
	const recorded = (await queriesIn(byBytes.path)).length;
	assert.ok(recorded > 5 && recorded < 60);
	assert.match(text, new RegExp(`^#petrel\tqueries=${recorded}\tlost=0\tended=max-bytes$`, 'm'));
});

test('a recording goes on over a reload and a worker that dies, and ends with petrel', limit, async (t) => {
	const house = await startHouse(t, undefined, { workers: 1, faults: true });
	const { petrel } = house;
	const recorder = await startRecorder(t, house);
	await askUdp(petrel, 'before.test');
	await petrel.reload(`. {\n\tcache 60\n\tforward . ${house.upstream.target}\n\terrors\n}\n`);
	await askUdp(petrel, 'reloaded.test');
	// A record is shown when its turn ends, behind the reply: who gets another reply knows that it has.
	await askUdp(petrel, 'another.test');
	petrel.hurt(0, 'terminate');
	await petrel.logged(/shard 0.*(died|ended|replac|again)/i);
	// What was answered in the last moments before the end may not have been handed over.
	let answered = 0;
	for (let tries = 0; answered < 30; tries++) {
		const reply = await askUdp(petrel, `after${tries}.test`).catch(() => undefined);
		if (reply !== undefined) answered++;
		await sleep(30);
	}
	await petrel.stop();
	const { code } = await recorder.child.exited;
	assert.equal(code, 1);
	assert.match(recorder.child.stderr, /petrel has ended, or the connection to it is broken/);
	const names = (await queriesIn(recorder.path)).map(({ qname }) => nameToText(qname));
	assert.ok(names.includes('before.test.') && names.includes('reloaded.test.'), names.join());
	assert.ok(
		names.some((name) => name.startsWith('after')),
		names.join(),
	);
	assert.match(readFileSync(recorder.path, 'utf8'), /ended=petrel-gone\n#close\t/);
});

test('what makes no sense is refused before anything is recorded', limit, async (t) => {
	const directory = await temporaryDirectory(t);
	writeFileSync(join(directory, 'short'), 'secret');
	const rows: [string[], RegExp, number][] = [
		[['a.log', '--clients', 'clear', '--hash-names'], /would say who asks/, 2],
		[['a.log', '--hash-key', 'none'], /--hash-key none: it cannot be read: ENOENT/, 2],
		[['a.log', '--hash-key', 'short'], /a key has 16 octets at least, and there are 6/, 2],
		[['a.log', '--max-bytes', '1k'], /a file has 4096 octets at least/, 2],
		[['a.log', '--max-queries', '0'], /whole number from 1/, 2],
		[['a.log', '--duration', '48h'], /The duration/, 2],
		[['a.log', '--control', join(directory, 'nobody.sock')], /no petrel answers/, 1],
	];
	for (const [args, message, code] of rows) {
		const ended = await runPetrel(['record', ...args], { cwd: directory });
		assert.match(ended.stderr, message);
		assert.equal(ended.code, code, args.join(' '));
	}
});

test('to standard output', limit, async (t) => {
	const house = await startHouse(t);
	const directory = await temporaryDirectory(t);
	const child = await spawnPetrel(
		t,
		['record', '-', '--control', house.petrel.control, '--max-queries', '2'],
		{
			cwd: directory,
		},
	);
	await house.petrel.logged(/queries are recorded, /);
	await askUdp(house.petrel, 'www.test');
	await askUdp(house.petrel, 'www.test');
	assert.equal((await child.exited).code, 0);
	assert.equal(child.stdout.split('\n').filter((line) => line.includes('www.test')).length, 2);
	const { totals } = await controlJson<ServerStatus>(house, 'status');
	assert.equal(totals.queries_total, 2);
});
