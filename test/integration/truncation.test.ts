/** Goal: TC from an upstream means TCP, once for all, and each client gets what fits its own size. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';

const limit = { timeout: 20_000 };
const { petrel, upstream } = await startHouse({ after });
const { report } = upstream.script;

/** 12 octets of header, the question, and 59 A records of 16 octets: 991 in all. */
const records = 59;
function nameOf991(first: string): string {
	const questionBytes = 991 - 12 - records * 16;
	const fixed = `tc.count59.${first}.`;
	// QNAME's length octets and its end, QTYPE and QCLASS.
	return fixed + 'x'.repeat(questionBytes - 4 - 2 - fixed.length);
}

test(
	'T55 an answer that the upstream truncates is fetched over TCP once, and cut for each client',
	limit,
	async () => {
		const name = nameOf991('a');
		const small = await askUdp(petrel, name);
		assert.equal(small.flags, 'qr tc rd ra');
		assert.ok(small.octets.length <= 512);
		const whole = await askTcp(petrel, name);
		assert.equal(whole.octets.length, 991);
		assert.equal(whole.answers.length, records);
		assert.equal(whole.flags, 'qr rd ra');
		const large = await askUdp(petrel, name, { edns: { sizeBytes: 4096 } });
		assert.equal(large.answers.length, records);
		assert.equal(large.flags, 'qr rd ra');
		assert.deepEqual([report.count(name, 'A', 'udp'), report.count(name, 'A', 'tcp')], [1, 1]);
	},
);

test(
	'T56 a cached answer of 991 octets is TC for a client of 512, and complete when it retries by TCP',
	limit,
	async () => {
		const name = nameOf991('b');
		assert.equal((await askTcp(petrel, name)).answers.length, records);
		const asked = report.count(name);
		const cut = await askUdp(petrel, name);
		assert.equal(cut.flags, 'qr tc rd ra');
		assert.ok(cut.octets.length <= 512);
		assert.ok(cut.answers.length > 0 && cut.answers.length < records);
		assert.equal((await askTcp(petrel, name)).answers.length, records);
		assert.equal(report.count(name), asked);
	},
);

test(
	'a payload size below 512 counts as 512, and no reply by UDP is longer than the limit of the block',
	limit,
	async () => {
		const name = nameOf991('c');
		const tiny = await askUdp(petrel, name, { edns: { sizeBytes: 100 } });
		assert.ok(tiny.octets.length > 400 && tiny.octets.length <= 512, `${tiny.octets.length} octets`);
		const huge = await askUdp(petrel, 'tc.size20000.huge.test', { type: 'A', edns: { sizeBytes: 65_000 } });
		assert.equal(huge.flags, 'qr tc rd ra');
		assert.ok(huge.octets.length <= 4096, `${huge.octets.length} octets`);
		assert.ok((await askTcp(petrel, 'tc.size20000.huge.test')).octets.length > 19_000);
	},
);

test(
	'a question that came by TCP goes upstream by UDP first, unless force_tcp says otherwise',
	limit,
	async (t) => {
		await askTcp(petrel, 'came-by-tcp.test');
		assert.deepEqual(
			report.queries.filter(({ name }) => name === 'came-by-tcp.test.').map((q) => q.transport),
			['udp'],
		);
		const forced = await startHouse(t, (target) => `. {\n\tforward . ${target} {\n\t\tforce_tcp\n\t}\n}\n`);
		await askUdp(forced.petrel, 'came-by-udp.test');
		assert.deepEqual(
			forced.upstream.script.report.queries.map((query) => query.transport),
			['tcp'],
		);
	},
);

test('an answer of 64 KiB passes over TCP', limit, async () => {
	const reply = await askTcp(petrel, 'tc.size65000.widest.test', { type: 'TXT' });
	assert.ok(reply.octets.length > 64_000, `${reply.octets.length} octets`);
	assert.equal(reply.rcode, 'NOERROR');
});

test('T86 ANY is a question like any other, and its answer by UDP is bounded', limit, async () => {
	const reply = await askUdp(petrel, 'any.test', { type: 255 });
	assert.equal(reply.rcode, 'NOERROR');
	assert.deepEqual(
		reply.answers.map(({ type }) => type),
		['HINFO'],
	);
	assert.equal((await askUdp(petrel, 'any.test', { type: 255 })).rcode, 'NOERROR');
	assert.equal(report.count('any.test'), 1);
	const records = Array.from({ length: 100 }, (_, i) => `@ IN TXT "record number ${i} of a hundred"`);
	upstream.script.setRule('many.any.test', { records, labels: 'tc' });
	const wide = await askUdp(petrel, 'many.any.test', { type: 255, edns: { sizeBytes: 1232 } });
	assert.equal(wide.flags, 'qr tc rd ra');
	assert.ok(wide.octets.length <= 1232, `${wide.octets.length} octets`);
	assert.equal((await askTcp(petrel, 'many.any.test', { type: 255 })).answers.length, 100);
});
