/** Goal: each client gets what its own flags and its own EDNS ask for, whoever filled the cache. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { type Ask, contentOf } from '../support/integration/message.ts';

const limit = { timeout: 20_000 };
const { petrel, upstream } = await startHouse({ after });
const { report } = upstream.script;

/** Asks from several ports, so that both workers answer: all replies must have the same flags, and these are returned. */
async function flagsFor(name: string, ask: Ask): Promise<string> {
	const replies = await Promise.all(Array.from({ length: 8 }, () => askUdp(petrel, name, ask)));
	for (const reply of replies) assert.equal(reply.flags, replies[0].flags);
	return replies[0].flags;
}

const cookie = (octet: number) => ({ options: [{ code: 10, data: new Uint8Array(8).fill(octet) }] });
const subnet = (third: number) => ({
	options: [{ code: 8, data: Uint8Array.of(0, 1, 24, 0, 10, 1, third) }],
});

test(
	'T57 DNSSEC records go to the client that set DO and to no other, OPT to who sent one',
	limit,
	async () => {
		const name = 'dnssec.signed.test';
		const withDo = await askUdp(petrel, name, { edns: { dnssecOk: true } });
		assert.deepEqual(
			withDo.answers.map(({ type }) => type),
			['A', 'RRSIG'],
		);
		assert.equal(withDo.opt?.dnssecOk, true);
		const without = await askUdp(petrel, name);
		assert.deepEqual(
			without.answers.map(({ type }) => type),
			['A'],
		);
		assert.equal(without.opt, undefined);
		const doClear = await askUdp(petrel, name, { edns: {} });
		assert.deepEqual(
			doClear.answers.map(({ type }) => type),
			['A'],
		);
		assert.equal(doClear.opt?.dnssecOk, false);
		assert.equal(doClear.opt?.version, 0);
		const again = await askUdp(petrel, name, { edns: { dnssecOk: true } });
		assert.deepEqual(contentOf(again), contentOf(withDo));
		assert.equal(report.count(name), 2);
	},
);

test('T58 CD is copied into the reply, and what CD=1 brought is not used for CD=0', limit, async () => {
	const name = 'bogus.insecure.test';
	const unchecked = await askUdp(petrel, name, { cd: true });
	assert.equal(unchecked.rcode, 'NOERROR');
	assert.equal(unchecked.flags, 'qr rd ra cd');
	const checked = await askUdp(petrel, name);
	assert.equal(checked.rcode, 'SERVFAIL');
	assert.equal(checked.flags, 'qr rd ra');
	assert.equal(await flagsFor(name, { cd: true }), 'qr rd ra cd');
	assert.equal(
		(await askUdp(petrel, name, { cd: true })).rcode,
		'NOERROR',
		'nor is the failure used for CD=1',
	);
	assert.equal(report.count(name), 2);
	assert.deepEqual(
		report.queries.filter((query) => query.name === `${name}.`).map(({ cd }) => cd),
		[true, false],
	);
});

test('T59 AD goes to clients that set AD or DO, also from what a plain client fetched', limit, async () => {
	const name = 'ad.checked.test';
	assert.equal(await flagsFor(name, {}), 'qr rd ra');
	assert.equal(await flagsFor(name, { ad: true }), 'qr rd ra ad');
	assert.equal(report.count(name), 1);
	assert.equal(await flagsFor(name, { edns: { dnssecOk: true } }), 'qr rd ra ad');
	assert.equal(await flagsFor(name, {}), 'qr rd ra');
	assert.equal(report.count(name), 2);
});

test("T60 a client's cookie reaches neither the upstream nor another client", limit, async () => {
	const name = 'cookie.test';
	for (const octet of [1, 2]) {
		const reply = await askUdp(petrel, name, { edns: cookie(octet) });
		assert.equal(reply.rcode, 'NOERROR');
		assert.deepEqual(reply.opt?.options, []);
	}
	assert.equal(report.count(name), 1);
	assert.deepEqual(report.last(name)?.edns?.options, []);
});

test("T61 a client's subnet is not sent upstream, so one answer is for all", limit, async () => {
	const name = 'subnet.test';
	for (const third of [2, 3]) {
		const reply = await askUdp(petrel, name, { edns: subnet(third) });
		assert.equal(reply.rcode, 'NOERROR');
		assert.deepEqual(reply.opt?.options, []);
	}
	assert.equal(report.count(name), 1);
	assert.deepEqual(report.last(name)?.edns?.options, []);
});

test('T62 an EDNS version that nobody knows is BADVERS with an OPT of version 0', limit, async () => {
	for (const ask of [askUdp, askTcp]) {
		const reply = await ask(petrel, 'version.test', { edns: { version: 1 } });
		assert.equal(reply.rcode, 'BADVERS');
		assert.equal(reply.opt?.version, 0);
		assert.deepEqual(reply.answers, []);
	}
	assert.equal(report.count('version.test'), 0);
});

test('T64 RD=0: a hit is answered, a miss is asked with RD=1, and the reply has RD=0', limit, async () => {
	const cached = 'known.rd.test';
	await askUdp(petrel, cached);
	assert.equal(await flagsFor(cached, { rd: false }), 'qr ra');
	assert.equal(report.count(cached), 1);
	const fresh = 'new.rd.test';
	const reply = await askUdp(petrel, fresh, { rd: false });
	assert.equal(reply.rcode, 'NOERROR');
	assert.equal(reply.answers.length, 1);
	assert.equal(reply.flags, 'qr ra');
	assert.equal(report.last(fresh)?.rd, true);
	assert.equal(await flagsFor(fresh, {}), 'qr rd ra');
	assert.equal(report.count(fresh), 1);
});
