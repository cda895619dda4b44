/**
 * Goal: a query gets what its own reply says, no other, and leaves in order of its time, with or without a reply. Method:
 * captures by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { a, cname, join, type MessageParts, message, opt, soa, txt } from '../../wire/messages.ts';
import {
	Blocks,
	ethernet,
	type IpOptions,
	ipv4,
	ipv6,
	type Packet,
	pcap,
	tcp,
	udp,
	withLength,
} from './captures.ts';
import { asked, readTrace, reasons } from './support.ts';

const start = 1_700_000_000_000_000;
const client = '10.0.0.1';
const server = '10.0.0.53';

/** A query or, if its flags say so, a reply, at so many microseconds. */
function at(us: number, parts: MessageParts, port = 40_000, ip: IpOptions = {}): Packet {
	const octets = message(parts);
	const isReply = (octets[2] & 0x80) !== 0;
	const datagram = isReply ? udp(53, port, octets) : udp(port, 53, octets);
	const ends = isReply ? { source: server, target: client } : { source: client, target: server };
	return { frame: ethernet(ipv4(datagram, { ...ends, ...ip })), time: start + us };
}

function query(us: number, parts: MessageParts, port?: number, ip?: IpOptions): Packet {
	return at(us, { flags: 0x0100, ...parts }, port, ip);
}

const reply = at;

function pair(packets: Packet[]): ReturnType<typeof readTrace> {
	return readTrace(pcap(packets), { pairReplies: true });
}

test('what a reply says', async () => {
	const qname = 'www.example.';
	const rows: [string, MessageParts, [number, number | undefined]][] = [
		[
			'the smallest TTL of the answer',
			{ qname, answer: [cname('@', 'b.', 300), a('b.', 20), a('b.', 90)] },
			[0, 20],
		],
		['TTLs elsewhere are none of it', { qname, answer: [a('@', 300)], authority: [a('c.', 1)] }, [0, 300]],
		['a TTL of more than 31 bits is 0', { qname, answer: [a('@', 0x8000_0001)] }, [0, 0]],
		['NXDOMAIN: TTL of the SOA', { qname, rcode: 3, authority: [soa('example.', 30, 60)] }, [3, 30]],
		['NODATA: MINIMUM of the SOA', { qname, authority: [soa('example.', 3600, 60)] }, [0, 60]],
		[
			'an SOA behind an answer',
			{ qname, rcode: 3, answer: [cname('@', 'b.', 9)], authority: [soa('.', 1)] },
			[3, 9],
		],
		['SERVFAIL', { qname, rcode: 2 }, [2, undefined]],
		['the upper bits of the RCODE', { qname, additional: [opt(undefined, 1)] }, [16, undefined]],
	];
	for (const [name, parts, [rcode, ttlSec]] of rows) {
		const { queries } = await pair([query(0, { qname }), reply(1500, parts)]);
		const [{ answerTtlSec, replyBytes, rttUs, ...rest }] = queries;
		assert.deepEqual([rest.rcode, answerTtlSec], [rcode, ttlSec], name);
		assert.deepEqual([replyBytes, rttUs], [message(parts).length, 1500], name);
	}
});

test('a reply belongs to the query of the same client, port, server, ID and question', async () => {
	const qname = 'A.example.';
	const others: [string, Packet][] = [
		['another ID', reply(9, { qname, id: 8 })],
		['another port', reply(9, { qname, id: 7 }, 40_001)],
		['another client', reply(9, { qname, id: 7 }, 40_000, { target: '10.0.0.2' })],
		['another server', reply(9, { qname, id: 7 }, 40_000, { source: '10.0.0.54' })],
		['another name', reply(9, { qname: 'b.example.', id: 7 })],
		['another type', reply(9, { qname, qtype: 28, id: 7 })],
		['another class', reply(9, { qname, qclass: 3, id: 7 })],
	];
	for (const [name, packet] of others) {
		const { queries, trace } = await pair([query(0, { qname, id: 7 }), packet]);
		assert.deepEqual([queries.length, queries[0].rcode], [1, undefined], name);
		assert.deepEqual(reasons(trace.passedOver), { 'replies without their query': 1 }, name);
	}
	const { queries } = await pair([
		query(0, { qname, id: 7 }),
		reply(9, { qname: 'a.EXAMPLE.', id: 7, rcode: 3 }),
	]);
	assert.equal(queries[0].rcode, 3);
});

test('an error without a question belongs to the oldest query of its ID', async () => {
	const bare = message({ id: 7, qname: 'a.', rcode: 1 }).subarray(0, 12);
	bare[5] = 0;
	const frame = ethernet(ipv4(udp(53, 40_000, bare), { source: server, target: client }));
	const { queries } = await pair([query(0, { qname: 'a.', id: 7 }), { frame, time: start + 5 }]);
	assert.deepEqual([queries[0].rcode, queries[0].replyBytes], [1, 12]);
});

test('of equal queries the first has the first reply', async () => {
	const parts = { qname: 'a.', id: 7 };
	const packets = [query(0, parts), query(100, parts), reply(150, { ...parts, rcode: 2 }), reply(180, parts)];
	const { queries } = await pair(packets);
	assert.deepEqual(
		queries.map(({ rcode, rttUs }) => [rcode, rttUs]),
		[
			[2, 150],
			[0, 80],
		],
	);
});

test('queries leave in order of their time, answered or not', async () => {
	const second = 1_000_000;
	const { queries, trace } = await pair([
		query(0, { qname: 'lost.', id: 1 }),
		query(20, { qname: 'c.', id: 2 }),
		query(10, { qname: 'b.', id: 3 }),
		reply(30, { qname: 'c.', id: 2 }),
		query(4 * second, { qname: 'd.', id: 4 }),
		reply(4 * second + 1, { qname: 'b.', id: 3 }),
		// The wait of the first is over.
		query(5 * second, { qname: 'e.', id: 5 }),
		reply(5 * second + 1, { qname: 'lost.', id: 1 }),
	]);
	assert.deepEqual(asked(queries), ['lost. 1', 'b. 1', 'c. 1', 'd. 1', 'e. 1']);
	assert.deepEqual(
		queries.map(({ rcode }) => rcode),
		[undefined, 0, 0, undefined, undefined],
	);
	assert.equal(trace.outOfOrder, 0);
	assert.deepEqual(reasons(trace.passedOver), { 'replies without their query': 1 });
});

test('a query that comes later than others are held back is delivered late and counted', async () => {
	const { queries, trace } = await pair([
		query(0, { qname: 'a.' }),
		query(9_000_000, { qname: 'b.' }),
		query(9_000_001, { qname: 'c.' }),
		query(1, { qname: 'late.' }),
		query(14_000_000, { qname: 'd.' }),
		query(2, { qname: 'later.' }),
	]);
	assert.deepEqual(asked(queries), ['a. 1', 'late. 1', 'b. 1', 'later. 1', 'c. 1', 'd. 1']);
	assert.equal(trace.outOfOrder, 1);
});

test('TCP, IPv6, and replies of which only the beginning is there', async () => {
	const long = message({ qname: 'a.', id: 7, answer: [a('@', 40), txt('@', 900, 30)] });
	const ask = message({ qname: 'a.', id: 7, flags: 0x0100 });
	const toClient = { source: '2001:db8::53', target: '2001:db8::1', protocol: 6 };
	const answer = withLength(long);
	const { queries, bad } = await pair([
		{ frame: ethernet(ipv6(tcp(9, 53, withLength(ask)), { protocol: 6 })), time: start },
		{ frame: ethernet(ipv6(tcp(53, 9, answer.subarray(0, 100)), toClient)), time: start + 10 },
		{ frame: ethernet(ipv6(tcp(9, 53, withLength(ask)), { protocol: 6 })), time: start + 20 },
		{ frame: ethernet(ipv6(tcp(53, 9, answer), toClient)), time: start + 30 },
		query(40, { qname: 'b.' }),
		{ ...reply(50, { qname: 'b.', rcode: 3, authority: [soa('.', 5)] }), captured: 14 + 20 + 8 + 12 + 7 },
	]);
	assert.deepEqual(bad, []);
	assert.deepEqual(
		queries.map(({ rcode, answerTtlSec, replyBytes }) => [rcode, answerTtlSec, replyBytes]),
		[
			[0, undefined, long.length],
			[0, 30, long.length],
			[3, undefined, message({ qname: 'b.', authority: [soa('.', 5)] }).length],
		],
	);
});

test('without times queries get their replies too, and no RTT', async () => {
	const blocks = new Blocks();
	const packets = [
		query(0, { qname: 'a.' }),
		query(0, { qname: 'b.', id: 2 }),
		reply(0, { qname: 'a.', rcode: 3 }),
	];
	const file = join(blocks.section(), blocks.interface(1), ...packets.map((packet) => blocks.simple(packet)));
	const { queries } = await readTrace(file, { pairReplies: true });
	assert.deepEqual(
		queries.map(({ rcode, rttUs }) => [rcode, rttUs]),
		[
			[3, undefined],
			[undefined, undefined],
		],
	);
});

test('a datagram that was captured twice is one query', async () => {
	const packets = [
		query(0, { qname: 'a.' }),
		query(3, { qname: 'a.' }),
		reply(50, { qname: 'a.' }),
		reply(53, { qname: 'a.' }),
	];
	const { queries, trace } = await readTrace(pcap(packets), { pairReplies: true, duplicatesWithinMs: 10 });
	assert.deepEqual(
		queries.map(({ rttUs }) => rttUs),
		[50],
	);
	assert.deepEqual(reasons(trace.passedOver), { duplicates: 1 });
});

test('one client with one ID and a thousand queries: the last ones get their replies', async () => {
	const name = (i: number): string => `n${i}.`;
	const queries = Array.from({ length: 1000 }, (_, i) => query(i, { qname: name(i) }));
	const replies = Array.from({ length: 1000 }, (_, i) => reply(1000 + i, { qname: name(i) }));
	const result = await pair([...queries, ...replies]);
	assert.equal(result.queries.length, 1000);
	assert.equal(result.queries.filter(({ rcode }) => rcode === 0).length, 64);
	assert.equal(result.queries[999].rcode, 0);
});
