/**
 * Goal: `petrel load` counts what happens, whatever the server does. Method: the real command against the scripted
 * upstream, whose faults are exact and whose report says what it saw.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/integration/free-port.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { type LoadJson, runLoad, startLoad } from '../support/integration/load.ts';

const limit = { timeout: 30_000 };

function directory(t: TestContext): string {
	const path = mkdtempSync(join(tmpdir(), 'petrel-load-test-'));
	t.after(() => rmSync(path, { recursive: true }));
	return path;
}

function assertSums(json: LoadJson): void {
	assert.equal(json.due, json.answered + json.late + json.lost + json.send_errors + json.not_offered);
	const { received, answers, late, duplicates, mismatched, unknown } = json.datagrams;
	assert.equal(received, answers + late + duplicates + mismatched + unknown);
	assert.ok(json.sums_add_up);
}

for (const transport of ['auto', 'dgram']) {
	test(`every query of an open loop is sent, answered and counted once (${transport})`, limit, async (t) => {
		const upstream = await startScriptedUpstream(t);
		const { code, json } = await runLoad(t, [
			upstream.target,
			'--rate',
			'400',
			'--names',
			'50',
			'--transport',
			transport,
		]);
		assert.equal(code, 0);
		assert.equal(json!.due, 200);
		assert.equal(json!.answered, 200);
		assert.deepEqual(json!.rcodes, { NOERROR: 200 });
		assertSums(json!);
		assert.equal(upstream.script.report.total, 200);
		assert.ok(upstream.script.report.names <= 50);
		assert.equal(upstream.script.report.sourcePorts.size, 4);
	});
}

for (const transport of ['auto', 'dgram']) {
	test(
		`lost, late, doubled, mismatched and truncated answers are told apart (${transport})`,
		limit,
		async (t) => {
			const upstream = await startScriptedUpstream(t);
			const file = join(directory(t), 'queries.txt');
			const names = [
				'silent.a',
				'delay700ms.a',
				'twice.a',
				'wrongquestion.a',
				'tc.a',
				'servfail.a',
				'nx.a',
				'ok.a',
			];
			writeFileSync(file, names.map((name) => `${name} A\n`).join(''));
			const args = [
				upstream.target,
				'--queries',
				file,
				'--rate',
				'160',
				'--timeout',
				'500ms',
				'--transport',
				transport,
			];
			const { json } = await runLoad(t, args);
			assertSums(json!);
			assert.equal(json!.due, 80);
			assert.equal(json!.lost, 20);
			assert.equal(json!.late, 10);
			assert.equal(json!.answered, 50);
			assert.equal(json!.truncated, 10);
			assert.deepEqual(json!.rcodes, { NOERROR: 40, SERVFAIL: 10, NXDOMAIN: 10 });
			assert.equal(json!.datagrams.duplicates, 10);
			assert.equal(json!.datagrams.mismatched, 10);
		},
	);
}

test('over TCP connections are used for as many queries as was said', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const args = [`tcp://${upstream.target}`, '--rate', '400', '--queries-per-connection', '10'];
	const { json } = await runLoad(t, args);
	assertSums(json!);
	assert.equal(json!.answered, 200);
	assert.equal(upstream.script.report.count(undefined, undefined, 'tcp'), 200);
	assert.ok(upstream.script.report.queries.every(({ queryOfConnection }) => queryOfConnection <= 10));
});

test('of queries that leave together no more than that go by one connection', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const args = [
		`tcp://${upstream.target}`,
		'--concurrency',
		'100',
		'--max-queries',
		'1000',
		'--queries-per-connection',
		'7',
	];
	const { json } = await runLoad(t, args);
	assertSums(json!);
	assert.ok(json!.answered > 0);
	assert.ok(upstream.script.report.queries.every(({ queryOfConnection }) => queryOfConnection <= 7));
});

test('a connection that the server closes takes its queries along as send errors', limit, async (t) => {
	const upstream = await startScriptedUpstream(t, { always: 'close5 delay20ms' });
	const { json } = await runLoad(t, [`tcp://${upstream.target}`, '--rate', '400']);
	assertSums(json!);
	assert.ok(json!.answered > 0);
	assert.ok(json!.send_errors > 0);
	assert.equal(json!.lost, 0);
	assert.equal(json!.error_codes.closed, json!.send_errors);
});

for (const scheme of ['', 'tcp://']) {
	test(
		`where nobody listens (${scheme || 'udp'}), that is what is said, and the exit code is 1`,
		limit,
		async (t) => {
			const port = await freePort();
			const { code, json, stdout } = await runLoad(t, [`${scheme}127.0.0.1:${port}`, '--rate', '100']);
			assert.equal(code, 1);
			assertSums(json!);
			assert.equal(json!.send_errors, 50);
			assert.match(stdout, /ECONNREFUSED/);
		},
	);
}

test('the closed loop keeps its window full', limit, async (t) => {
	const upstream = await startScriptedUpstream(t, { always: 'delay50ms' });
	const { json } = await runLoad(t, [upstream.target, '--concurrency', '20']);
	assertSums(json!);
	assert.equal(json!.answered, json!.due);
	assert.ok(json!.due >= 40 && json!.due <= 220, String(json!.due));
});

test('several targets are measured in turns and compared', limit, async (t) => {
	const [one, other] = [
		await startScriptedUpstream(t),
		await startScriptedUpstream(t, { always: 'delay30ms' }),
	];
	const args = [one.target, other.target, '--rate', '200', '--rounds', '2'];
	const { json, stdout } = await runLoad(t, args);
	assert.deepEqual(
		json!.targets.map(({ target, due }) => [target, due]),
		[
			[one.target, 200],
			[other.target, 200],
		],
	);
	assert.ok(json!.targets[1].p50_us > json!.targets[0].p50_us);
	assert.ok(stdout.includes(one.target) && stdout.includes(other.target));
});

test('several workers share the rate, and their answers are summed', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const { json } = await runLoad(t, [upstream.target, '--rate', '400', '--workers', '3']);
	assertSums(json!);
	assert.equal(json!.answered, 200);
	assert.equal(upstream.script.report.total, 200);
});

test('a threshold that is broken makes the exit code 99, one that is kept does not', limit, async (t) => {
	const upstream = await startScriptedUpstream(t, { always: 'servfail' });
	const args = [upstream.target, '--rate', '100'];
	const kept = await runLoad(t, [...args, '--threshold', 'loss<1%']);
	assert.equal(kept.code, 0);
	const broken = await runLoad(t, [...args, '--threshold', 'loss<1%', '--threshold', 'servfail<1%']);
	assert.equal(broken.code, 99);
	assert.match(broken.stdout, /✓ loss<1%/);
	assert.match(broken.stdout, /✗ servfail<1%/);
});

test('Ctrl-C ends it with the result so far and the exit code 130', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const file = join(directory(t), 'result.json');
	const args = [upstream.target, '--rate', '200', '--duration', '60s', '--json', file];
	const child = await startLoad(t, args);
	while (upstream.script.report.total < 50) await new Promise((resolve) => setTimeout(resolve, 20));
	child.signal('SIGINT');
	const { code } = await child.exited;
	assert.equal(code, 130);
	const json = JSON.parse(readFileSync(file, 'utf8')) as LoadJson;
	assert.ok(json.interrupted);
	assert.ok(json.answered >= 30);
	assertSums(json);
});

test('a trace is asked at its own times, many times as fast where that is wanted', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const file = join(directory(t), 'log.txt');
	const lines = Array.from({ length: 21 }, (_, i) => {
		const time = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
		return `${time} 127.0.0.1:50759 - ${i} "A IN n${i}.example. udp 41 false 4096" NOERROR qr,rd,ra 68 0.000037s\n`;
	});
	writeFileSync(file, lines.join(''));
	const { json, code, stderr } = await runLoad(t, [
		upstream.target,
		'--trace',
		file,
		'--speed',
		'50',
		'--duration',
		'5s',
	]);
	assert.equal(code, 0, stderr);
	assert.equal(json!.answered, 21);
	const { queries } = upstream.script.report;
	assert.deepEqual(
		queries.map(({ name }) => name),
		lines.map((_, i) => `n${i}.example.`),
	);
	// Twenty gaps of a second, fifty times as fast: 400 ms, unless the first of them was held up.
	const tookMs = queries.at(-1)!.atMs - queries[0].atMs;
	assert.ok(tookMs >= 200, String(tookMs));
});

test('a pod’s search list is asked for each name: A and AAAA of every candidate', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const file = join(directory(t), 'names.txt');
	writeFileSync(file, 'www.example A\n');
	await runLoad(t, [upstream.target, '--queries', file, '--search-list', '--once', '--rate', '100']);
	const asked = upstream.script.report.queries.map(({ name, typeName }) => `${name} ${typeName}`);
	const suffixes = ['default.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.', ''];
	const wanted = suffixes.flatMap((suffix) => ['A', 'AAAA'].map((type) => `www.example.${suffix} ${type}`));
	assert.deepEqual(asked, wanted);
});
