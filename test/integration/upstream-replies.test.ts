/**
 * Goal: what an upstream sends is believed only if it answers what was asked, and whatever it sends the client gets an
 * answer before its own end. Method: the scripted upstream misbehaves as the labels in the name say.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import packet from 'dns-packet';
import { askUdp, UdpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { contentOf, dataOf } from '../support/integration/message.ts';
import { until } from '../support/integration/until.ts';

/** No failure is kept and no upstream is ever down: each question shows what happens to a first one. */
const corefile = (target: string): string => `
. {
	cache {
		servfail 0
	}
	forward . ${target} {
		max_fails 0
	}
}
`;

const limit = { timeout: 30_000 };
const { petrel, upstream } = await startHouse({ after }, corefile);
const { report } = upstream.script;

/** The upstream's right answer, asked of itself under a name with the same data. */
async function rightData(name: string): Promise<unknown[]> {
	const direct = await UdpClient.open(upstream);
	const reply = await direct.ask(name);
	direct.close();
	return dataOf(reply);
}

test('T51 a reply with a wrong ID is ignored, and what it says is never cached', limit, async () => {
	const name = 'wrongid.forged.test';
	const counted = await petrel.counted(async () => {
		const miss = await askUdp(petrel, name);
		const hit = await askUdp(petrel, name);
		assert.equal(report.count(name), 1);
		assert.deepEqual(contentOf(hit), contentOf(miss));
		assert.deepEqual(dataOf(miss), await rightData(name));
	});
	assert.equal(counted.upstream_ignored_unmatched, 1);
	assert.equal(counted.hits_positive, 1);
});

test(
	'T51 a reply from another port is not taken, though ID, question and port are right',
	limit,
	async () => {
		const name = 'delay300ms.overheard.test';
		const forged = '203.0.113.66';
		const waiting = askUdp(petrel, name);
		await until(() => report.count(name) > 0);
		const { id, port } = report.last(name)!;
		const forger = createSocket('udp4');
		const answers = [{ type: 'A' as const, name, ttl: 60, data: forged }];
		const questions = [{ type: 'A' as const, name }];
		forger.send(packet.encode({ type: 'response', id, questions, answers }), port, '127.0.0.1');
		assert.notDeepEqual(dataOf(await waiting), [forged]);
		assert.notDeepEqual(dataOf(await askUdp(petrel, name)), [forged]);
		assert.equal(report.count(name), 1);
		forger.close();
	},
);

test('T52 an octet and a bare header before the answer are ignored', limit, async () => {
	const name = 'short.stutter.test';
	const counted = await petrel.counted(async () => {
		const miss = await askUdp(petrel, name);
		assert.equal(miss.rcode, 'NOERROR');
		assert.equal(miss.answers.length, 1);
		assert.deepEqual(contentOf(await askUdp(petrel, name)), contentOf(miss));
	});
	assert.equal(report.count(name), 1);
	assert.equal(counted.upstream_ignored_short, 1);
	assert.equal(counted.upstream_ignored_question, 1);
});

describe('replies that answer nothing', { ...limit, concurrency: true }, () => {
	const wrong = {
		'T53 the answer to a question for another name': 'wrongquestion',
		'T53 the answer to a question for another type': 'wrongtype',
		'T53 the answer to a question in another class': 'wrongclass',
		'random octets behind the right ID': 'garbage',
		'T85 a compression loop': 'ptrloop',
		'T85 an RDLENGTH past the end': 'rdlength',
		'T85 a record whose owner is the root': 'emptyowner',
	};
	for (const [what, label] of Object.entries(wrong)) {
		test(`${what} is SERVFAIL before the client's end, and nothing of it is cached`, limit, async () => {
			const name = `${label}.deaf.test`;
			const reply = await askUdp(petrel, name, { edns: {} });
			assert.equal(reply.rcode, 'SERVFAIL');
			assert.deepEqual(reply.answers, []);
			const tries = report.count(name);
			assert.ok(tries >= 1 && tries <= 3, `${tries} tries`);
			assert.equal((await askUdp(petrel, `other.${name}`)).rcode, 'NOERROR');
			assert.equal(report.count(`other.${name}`), 1, 'the name that the wrong reply named was not cached');
			upstream.script.setRule(name, 'ttl30');
			assert.equal((await askUdp(petrel, name)).rcode, 'NOERROR');
			assert.equal(report.count(name), tries + 1);
		});
	}
});

test('T54 an answer that comes twice is one reply, and the sockets go on', limit, async () => {
	const client = await UdpClient.open(petrel);
	const reply = await client.ask('twice.echo.test');
	assert.equal(reply.rcode, 'NOERROR');
	// The upstream's second datagram leaves 3 ms after the first: by then its socket may be gone, which is fine too.
	await sleep(50);
	for (let i = 0; i < 20; i++) assert.equal((await client.ask(`twice.${i}.echo.test`)).rcode, 'NOERROR');
	assert.equal(client.unexpected.length, 0);
	client.close();
	assert.equal(report.count('twice.echo.test'), 1);
});

test(
	'an upstream that closes its TCP connection after each answer costs no client anything',
	limit,
	async () => {
		for (let i = 0; i < 20; i++) {
			const reply = await askUdp(petrel, `tc.tcpclose.count60.n${i}.test`, { edns: { sizeBytes: 4096 } });
			assert.equal(reply.rcode, 'NOERROR');
			assert.equal(reply.answers.length, 60);
		}
	},
);

test('200 single queries leave from at least 100 ports, and their IDs follow no rule', limit, async () => {
	const client = await UdpClient.open(petrel);
	report.reset();
	for (let i = 0; i < 200; i++) await client.ask(`single-${i}.test`);
	client.close();
	const ids = report.queries.map(({ id }) => id);
	assert.equal(ids.length, 200);
	assert.ok(report.sourcePorts.size >= 100, `${report.sourcePorts.size} ports`);
	assert.ok(new Set(ids).size >= 190, `${new Set(ids).size} different IDs`);
	const steps = new Set(ids.slice(1).map((id, at) => (id - ids[at]) & 0xffff));
	assert.ok(steps.size >= 190, `${steps.size} different steps from one ID to the next`);
	// Every bit of an ID is set in about half of them: 100 of 200, with a deviation of seven.
	for (let bit = 0; bit < 16; bit++) {
		const set = ids.filter((id) => (id >> bit) & 1).length;
		assert.ok(set > 50 && set < 150, `bit ${bit} is set in ${set} of 200`);
	}
	const ports = report.queries.map(({ port }) => port);
	const portSteps = new Set(ports.slice(1).map((port, at) => port - ports[at]));
	assert.ok(portSteps.size >= 50, `${portSteps.size} different steps from one port to the next`);
});

test(
	'an answer without RA is cached, and the client of petrel sees RA on the miss and on the hit',
	limit,
	async () => {
		for (const name of ['nora.noaa.bare.test', 'nora.aa.bare.test']) {
			const miss = await askUdp(petrel, name);
			const hit = await askUdp(petrel, name);
			assert.equal(miss.flags, 'qr rd ra');
			assert.equal(hit.flags, miss.flags);
			assert.equal(report.count(name), 1);
		}
	},
);

test('T63 an upstream that answers FORMERR to EDNS is asked without it', limit, async (t) => {
	const { petrel, upstream } = await startHouse(t);
	const { report } = upstream.script;
	const reply = await askUdp(petrel, 'noedns.old.test', { edns: {} });
	assert.equal(reply.rcode, 'NOERROR');
	assert.equal(reply.answers.length, 1);
	assert.notEqual(reply.opt, undefined, "petrel's client speaks EDNS with petrel");
	assert.deepEqual(
		report.queries.map(({ edns }) => edns !== undefined),
		[true, false],
	);
	await askUdp(petrel, 'noedns.again.test');
	assert.equal(report.count('noedns.again.test'), 1, 'what was learnt holds for the next question');
	assert.equal(report.last('noedns.again.test')?.edns, undefined);
});
