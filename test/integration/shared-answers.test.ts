/**
 * Goal: N workers are one server. What one asked all others have, stored or not, and equal questions under way are
 * asked once. Method: many client sockets, so that the kernel spreads the queries over both workers; the counters
 * show that it did, the upstream's report what was asked.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { askTcp, askUdp, openUdpClients, TcpClient, UdpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { contentOf, decodeReply, makeQuery, type Reply } from '../support/integration/message.ts';

const corefile = (target: string): string => `
. {
	cache
	forward . ${target}
}
uncached.test {
	forward . ${target}
}
`;

const limit = { timeout: 30_000 };
const { petrel, upstream } = await startHouse({ after }, corefile);

const askers = 20;

/** A spelling for each asker: the bits of `index` make letters of `name` upper case. */
function spelled(name: string, index: number): string {
	return [...name].map((letter, at) => ((index >> (at % 5)) & 1 ? letter.toUpperCase() : letter)).join('');
}

/** Asks for one name from many ports at once, half of them again by TCP where `tcp` says so. */
async function askAtOnce(
	name: string,
	type: string,
	tcp: boolean,
): Promise<{ name: string; reply: Reply }[]> {
	return Promise.all(
		Array.from({ length: askers }, async (_, index) => {
			const spelling = spelled(name, index);
			const client = await (tcp ? TcpClient.open(petrel) : UdpClient.open(petrel));
			try {
				const octets = makeQuery(spelling, { type, id: 0x4000 + 7 * index });
				return { name: spelling, reply: decodeReply(await client.exchange(octets)) };
			} finally {
				client.close();
			}
		}),
	);
}

describe('20 equal questions at once', limit, () => {
	const rows = [
		{ what: 'an answer that is stored', id: 'T50 ', name: 'delay250ms.stored.test', rcode: 'NOERROR' },
		{ what: 'TTL 0', id: '', name: 'delay250ms.ttl0.zero.test', rcode: 'NOERROR' },
		{ what: 'REFUSED', id: '', name: 'delay250ms.refused.test', rcode: 'REFUSED' },
		{ what: '16 KiB by TCP', id: '', name: 'tc.delay250ms.size16384.big.test', rcode: 'NOERROR', tcp: true },
		{ what: 'a block without cache', id: '', name: 'delay250ms.uncached.test', rcode: 'NOERROR' },
		{ what: 'NXDOMAIN without SOA', id: '', name: 'delay250ms.nxnosoa.none.test', rcode: 'NXDOMAIN' },
		{ what: 'SERVFAIL', id: '', name: 'delay250ms.servfail.test', rcode: 'SERVFAIL' },
	];
	for (const { what, id, name, rcode, tcp = false } of rows) {
		test(`${id}20 equal questions at once over all workers are asked once: ${what}`, limit, async () => {
			let replies: { name: string; reply: Reply }[] = [];
			const counted = await petrel.counted(async () => {
				replies = await askAtOnce(name, tcp ? 'TXT' : 'A', tcp);
			});
			for (const [index, { name: asked, reply }] of replies.entries()) {
				assert.equal(reply.id, 0x4000 + 7 * index);
				assert.equal(reply.question?.name, asked);
				assert.equal(reply.rcode, rcode);
				assert.equal(reply.answers.length, rcode === 'NOERROR' ? 1 : 0);
				assert.deepEqual(
					reply.answers.map(({ data }) => data),
					replies[0].reply.answers.map(({ data }) => data),
				);
				if (tcp) assert.ok(reply.octets.length > 16_000, `${reply.octets.length} octets`);
			}
			assert.equal(upstream.script.report.count(name, undefined, 'udp'), 1);
			assert.equal(upstream.script.report.count(name, undefined, 'tcp'), tcp ? 1 : 0);
			assert.ok(counted.handovers_received >= 1, 'the other worker waited too');
			assert.equal(counted.coalesced_local + counted.coalesced_remote, askers - 1);
		});
	}
});

test('a name that one worker asked is a hit through every other', limit, async () => {
	const clients = await openUdpClients(petrel);
	const spread = await petrel.counted(() =>
		Promise.all(clients.map((client) => client.ask('delay100ms.ttl0.spread.test'))),
	);
	assert.ok(spread.handovers_received >= 1, 'these ports reach both workers');
	const first = await clients[0].ask('shared.test');
	const counted = await petrel.counted(async () => {
		for (const client of clients)
			assert.deepEqual(contentOf(await client.ask('shared.test')), contentOf(first));
		assert.deepEqual(contentOf(await askTcp(petrel, 'shared.test')), contentOf(first));
	});
	for (const client of clients) client.close();
	assert.equal(counted.hits_positive, clients.length + 1);
	assert.equal(counted.misses, 0);
	assert.equal(upstream.script.report.count('shared.test'), 1);
});

test('denials and failures of one worker are hits through every other', limit, async () => {
	const clients = await openUdpClients(petrel);
	for (const [name, rcode] of [
		['nx.denied.test', 'NXDOMAIN'],
		['nodata.denied.test', 'NOERROR'],
		['servfail.failed.test', 'SERVFAIL'],
	]) {
		for (const client of clients) assert.equal((await client.ask(name)).rcode, rcode);
		assert.equal(upstream.script.report.count(name), 1, name);
	}
	for (const client of clients) client.close();
});

test(
	'a 991-octet answer that one worker fetched over TCP is cut right for a 512-octet client of another',
	limit,
	async () => {
		upstream.script.setRule('nine.test', 'tc.count60');
		const whole = await askTcp(petrel, 'nine.test');
		assert.equal(whole.octets.length, 12 + 15 + 60 * 16);
		assert.equal(whole.answers.length, 60);
		const clients = await openUdpClients(petrel);
		for (const client of clients) {
			const cut = await client.ask('nine.test');
			assert.equal(cut.flags, 'qr tc rd ra');
			assert.ok(cut.octets.length <= 512);
			assert.equal(cut.answers.length, Math.floor((512 - 12 - 15) / 16));
			assert.deepEqual(cut.answers, whole.answers.slice(0, cut.answers.length));
			const roomy = await client.ask('nine.test', { edns: { sizeBytes: 1232 } });
			assert.equal(roomy.flags, 'qr rd ra');
			assert.deepEqual(roomy.answers, whole.answers);
		}
		for (const client of clients) client.close();
		assert.equal(upstream.script.report.count('nine.test', 'A', 'udp'), 1);
		assert.equal(upstream.script.report.count('nine.test', 'A', 'tcp'), 1);
		assert.equal((await askUdp(petrel, 'nine.test')).answers.length, 30);
	},
);
