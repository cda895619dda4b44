/** Goal: an upstream that is silent, dead, failing or slow costs clients as little as can be. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UpstreamReport } from '../../src/load/upstream/report.ts';
import { askUdp, openUdpClients, UdpClient } from '../support/integration/client.ts';
import { type ScriptedUpstream, startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { startPetrel } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 40_000 };
const forwardTo = (options: string) => (target: string) =>
	`. {\n\terrors\n\tcache\n\tforward . ${target} {\n${options}\n\t}\n}\n`;

/** Queries of clients; the probes of petrel ask for the root. */
function questions(report: UpstreamReport): number {
	return report.total - report.count('.');
}

/** Two upstreams, asked in order, and clients of petrel. */
async function startPair(t: Parameters<typeof startHouse>[0], options: string) {
	const first = await startScriptedUpstream(t);
	const second = await startScriptedUpstream(t);
	const petrel = await startPetrel(t, forwardTo(options)(`${first.target} ${second.target}`));
	return { first, second, petrel };
}

/** The first upstream dies in some way, and after a while lives again. */
async function deathAndRecovery(
	t: Parameters<typeof startHouse>[0],
	die: (upstream: ScriptedUpstream) => unknown,
	live: (upstream: ScriptedUpstream) => unknown,
): Promise<void> {
	const { first, second, petrel } = await startPair(t, 'policy sequential');
	await die(first);
	const early = Array.from({ length: 4 }, (_, i) => askUdp(petrel, `early-${i}.test`));
	for (const reply of await Promise.all(early)) assert.equal(reply.rcode, 'NOERROR');
	assert.equal(questions(second.script.report), 4);
	await until(() => petrel.log.includes(`${first.target} is down`));
	const before = questions(first.script.report);
	for (let i = 0; i < 20; i++) assert.equal((await askUdp(petrel, `later-${i}.test`)).rcode, 'NOERROR');
	assert.equal(questions(first.script.report), before, 'no client waits for the first any more');
	assert.equal(questions(second.script.report), 24);
	await live(first);
	await until(() => petrel.log.includes(`${first.target} is up again`));
	await askUdp(petrel, 'recovered.test');
	assert.equal(first.script.report.count('recovered.test'), 1, 'the first is in use again');
	assert.ok((await petrel.counters()).health_probes >= 1);
}

describe('an upstream that does not answer', { ...limit, concurrency: 3 }, () => {
	test(
		'T31 an upstream that stays silent: SERVFAIL with an EDE before the client gives up, at most 3 tries',
		limit,
		async (t) => {
			const { petrel, upstream } = await startHouse(t);
			const { report } = upstream.script;
			const reply = await askUdp(petrel, 'silent.test', { edns: {} });
			assert.equal(reply.rcode, 'SERVFAIL');
			assert.equal(reply.ede, 22);
			const tries = report.count('silent.test', 'A', 'udp');
			assert.ok(tries >= 1 && tries <= 3, `${tries} tries by UDP`);
			assert.ok(report.count('silent.test', 'A', 'tcp') <= 3);
			const again = await askUdp(petrel, 'silent.test', { edns: {} });
			assert.equal(again.rcode, 'SERVFAIL');
			assert.equal(report.count('silent.test'), tries, 'the failure is held');
		},
	);

	test(
		'an upstream whose port is closed: SERVFAIL, and the client has it before it gives up',
		limit,
		async (t) => {
			const { petrel, upstream } = await startHouse(t);
			await upstream.pause();
			const counted = await petrel.counted(async () => {
				assert.equal((await askUdp(petrel, 'refused-port.test')).rcode, 'SERVFAIL');
			});
			assert.ok(counted.upstream_gone >= 1, 'the ICMP error was seen');
			await upstream.resume();
			await until(async () => (await askUdp(petrel, `alive-${Math.random()}.test`)).rcode === 'NOERROR');
		},
	);

	test(
		'T65 with two upstreams, the first silent: the second answers, and the first comes back when it does',
		limit,
		(t) =>
			deathAndRecovery(
				t,
				(upstream) => upstream.script.setRule('*', 'silent'),
				(upstream) => upstream.script.removeRule('*'),
			),
	);

	test(
		'T65 with two upstreams, the port of the first closed: the second answers, and the first comes back',
		limit,
		(t) =>
			deathAndRecovery(
				t,
				(upstream) => upstream.pause(),
				(upstream) => upstream.resume(),
			),
	);

	test('T66 a first upstream that says SERVFAIL: with failover the second answers', limit, async (t) => {
		const { first, second, petrel } = await startPair(t, 'policy sequential\nfailover SERVFAIL');
		first.script.setRule('*', 'servfail');
		const reply = await askUdp(petrel, 'failover.test');
		assert.equal(reply.rcode, 'NOERROR');
		assert.equal(reply.answers.length, 1);
		assert.deepEqual(
			[first, second].map(({ script }) => script.report.count('failover.test')),
			[1, 1],
		);
		second.script.setRule('*', 'servfail');
		assert.equal((await askUdp(petrel, 'both.test')).rcode, 'SERVFAIL');
	});

	test('T66 a first upstream that says SERVFAIL: without failover that is the answer', limit, async (t) => {
		const { first, second, petrel } = await startPair(t, 'policy sequential');
		first.script.setRule('*', 'servfail');
		assert.equal((await askUdp(petrel, 'passed.test')).rcode, 'SERVFAIL');
		assert.deepEqual(
			[first, second].map(({ script }) => script.report.count('passed.test')),
			[1, 0],
		);
	});

	test(
		'T68 2000 slow questions, at most 500 at once: the rest is REFUSED at once, not cached, and hits go on',
		limit,
		async (t) => {
			const { petrel, upstream } = await startHouse(t, forwardTo('max_concurrent 500\nread_timeout 4s'));
			const { report } = upstream.script;
			await askUdp(petrel, 'hit.test');
			const clients = await openUdpClients(petrel);
			const name = (i: number) => `delay2500ms.slow-${i}.test`;
			const total = 2000;
			const slow = Array.from({ length: total }, (_, i) => clients[i % clients.length].ask(name(i)));
			const refused: number[] = [];
			let hits = 0;
			const done = Promise.all(slow);
			for (const [i, reply] of slow.entries()) {
				reply.then(({ rcode }) => {
					if (rcode === 'REFUSED') refused.push(i);
				});
			}
			await until(() => refused.length > 0);
			const held = report.total;
			for (; hits < 50; hits++) {
				const reply = await askUdp(petrel, 'hit.test');
				assert.equal(reply.rcode, 'NOERROR');
			}
			assert.equal(report.count('hit.test'), 1);
			assert.ok(held <= 501, `${held} queries upstream while clients are refused`);
			const rcodes = (await done).map(({ rcode }) => rcode);
			const answered = rcodes.filter((rcode) => rcode === 'NOERROR').length;
			assert.equal(answered + refused.length, total);
			assert.ok(answered >= 490 && answered <= 500, `${answered} answered`);
			const counters = await petrel.counters();
			assert.equal(counters.refused_max_concurrent, refused.length);
			const again = await clients[0].ask(name(refused[0]));
			assert.equal(again.rcode, 'NOERROR', 'the REFUSED was not cached');
			for (const client of clients) client.close();
		},
	);

	test('a slow question does not keep others of the same client waiting', limit, async (t) => {
		const { petrel } = await startHouse(t);
		const client = await UdpClient.open(petrel);
		let slowDone = false;
		const slow = client.ask('delay1500ms.slow.test').then((reply) => {
			slowDone = true;
			return reply;
		});
		for (let i = 0; i < 10; i++) await client.ask(`fast-${i}.test`);
		assert.equal(slowDone, false);
		assert.equal((await slow).rcode, 'NOERROR');
		client.close();
	});
});
