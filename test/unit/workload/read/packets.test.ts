/**
 * Goal: DNS queries are found in packets of every link layer and IP version that is claimed, and what is none is counted
 * under its reason. Method: packets by hand in a capture of libpcap.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { join, message, opt } from '../../wire/messages.ts';
import { cooked, cooked2, ethernet, ipv4, ipv6, pcap, tcp, udp, uint, withLength } from './captures.ts';
import { asked, configError, readTrace, reasons } from './support.ts';

const rd = 0x0100;
const query = message({ id: 7, flags: rd, qname: 'Www.Example.', qtype: 28 });
const datagram = udp(40_000, 53, query);
const packet = ipv4(datagram);

function capture(...frames: Uint8Array[]): Uint8Array {
	return pcap(frames.map((frame, i) => ({ frame, time: 1_700_000_000_000_000 + i })));
}

test('a query', async () => {
	const withEdns = message({
		flags: 0,
		qname: 'a.',
		qclass: 3,
		additional: [opt(undefined, 0, 0, 1400, 0x8000)],
	});
	const text = capture(ethernet(packet), ethernet(ipv6(udp(1, 53, withEdns))));
	const { queries, trace, bad } = await readTrace(text);
	assert.deepEqual(bad, []);
	assert.equal(trace.format, 'pcap');
	const none = { rcode: undefined, answerTtlSec: undefined, replyBytes: undefined, rttUs: undefined };
	assert.deepEqual(queries, [
		{
			atMs: 1_700_000_000_000,
			client: '10.0.0.1',
			qname: Uint8Array.from(Buffer.from('\x03Www\x07Example\0', 'latin1')),
			qtype: 28,
			qclass: 1,
			edns: undefined,
			recursionDesired: true,
			...none,
			line: 1,
		},
		{
			atMs: 1_700_000_000_000.001,
			client: '2001:db8::1',
			qname: Uint8Array.from(Buffer.from('\x01a\0', 'latin1')),
			qtype: 1,
			qclass: 3,
			edns: { udpPayloadBytes: 1400, dnssecOk: true },
			recursionDesired: false,
			...none,
			line: 2,
		},
	]);
});

test('link layers', async () => {
	const packet6 = ipv6(datagram);
	const rows: [string, number, Uint8Array, Uint8Array][] = [
		['Ethernet', 1, ethernet(packet), ethernet(packet6)],
		['VLAN', 1, ethernet(packet, [[0x8100, 5]]), ethernet(packet6, [[0x88a8, 5]])],
		[
			'VLAN in VLAN',
			1,
			ethernet(packet, [
				[0x88a8, 5],
				[0x8100, 6],
			]),
			ethernet(packet6, [
				[0x9100, 5],
				[0x8100, 6],
			]),
		],
		['Linux cooked', 113, cooked(packet), cooked(packet6)],
		['Linux cooked v2', 276, cooked2(packet), cooked2(packet6)],
		['raw', 101, packet, packet6],
		['raw of OpenBSD', 14, packet, packet6],
		['raw of others', 12, packet, packet6],
		['raw IPv4, raw IPv6', 228, packet, packet6],
		['raw IPv6', 229, packet, packet6],
		['loopback', 108, join(uint(4, 2), packet), join(uint(4, 24), packet6)],
		['null, little-endian', 0, join(uint(4, 2, true), packet), join(uint(4, 30, true), packet6)],
	];
	for (const [name, linkType, ...frames] of rows) {
		const { queries, bad } = await readTrace(
			pcap(
				frames.map((frame) => ({ frame })),
				{ linkType },
			),
		);
		assert.deepEqual(bad, [], name);
		assert.deepEqual(
			queries.map(({ client }) => client),
			['10.0.0.1', '2001:db8::1'],
			name,
		);
	}
	await assert.rejects(
		readTrace(pcap([], { linkType: 127 })),
		configError(/^trace: the capture is of link type 127; petrel reads Ethernet \(1\)/),
	);
});

test('IPv4: options, first fragments, what fills the frame up, a length that the network card left out', async () => {
	const moreFragments = 0x2000;
	const rows: [string, Uint8Array][] = [
		['options', ipv4(datagram, { options: new Uint8Array(8) })],
		['the first fragment', ipv4(datagram, { fragmentOffset: moreFragments })],
		['filled up', join(packet, new Uint8Array(20))],
		['length 0', ipv4(datagram, { length: 0 })],
	];
	for (const [name, frame] of rows) {
		const { queries, bad } = await readTrace(capture(ethernet(frame)));
		assert.deepEqual([bad, asked(queries)], [[], ['Www.Example. 28']], name);
	}
});

test('IPv6: extension headers', async () => {
	const eight = (second: number): Uint8Array => join(uint(1, second), new Uint8Array(6));
	const rows: [string, { type: number; body: Uint8Array }[]][] = [
		['hop-by-hop', [{ type: 0, body: eight(0) }]],
		['destination of 16 octets', [{ type: 60, body: join(eight(1), new Uint8Array(8)) }]],
		[
			'routing and destination',
			[
				{ type: 43, body: eight(0) },
				{ type: 60, body: eight(0) },
			],
		],
		['the first fragment', [{ type: 44, body: join(uint(1, 0), uint(2, 1), uint(4, 9)) }]],
		['authentication', [{ type: 51, body: join(uint(1, 4), new Uint8Array(22)) }]],
	];
	for (const [name, extensions] of rows) {
		const { queries, bad } = await readTrace(capture(ethernet(ipv6(datagram, { extensions }))));
		assert.deepEqual([bad, asked(queries)], [[], ['Www.Example. 28']], name);
	}
});

test('TCP: one message in a segment, or several whole ones', async () => {
	const other = message({ flags: rd, qname: 'b.' });
	const data = withLength(query);
	const rows: [string, Uint8Array, string[]][] = [
		['one', tcp(40_000, 53, data), ['Www.Example. 28']],
		['behind options', tcp(40_000, 53, data, 8), ['Www.Example. 28']],
		['two', tcp(40_000, 53, join(data, withLength(other))), ['Www.Example. 28', 'b. 1']],
		['nothing', tcp(40_000, 53, new Uint8Array(0)), []],
	];
	for (const [name, segment, expected] of rows) {
		const { queries, bad } = await readTrace(capture(ethernet(ipv4(segment, { protocol: 6 }))));
		assert.deepEqual([bad, asked(queries)], [[], expected], name);
	}
	const cut = [data.subarray(0, 2), data.subarray(0, 20), join(data, data.subarray(0, 1))];
	const frames = cut.map((part) => ethernet(ipv4(tcp(40_000, 53, part), { protocol: 6 })));
	const { queries, bad, trace } = await readTrace(capture(...frames));
	assert.equal(queries.length, 1);
	assert.deepEqual(reasons(trace.skipped), { 'TCP message not in one segment': 3 });
	assert.match(bad[0], /^trace:1: a DNS message by TCP is not whole in its packet/);
});

test('what is no query is counted under its reason and not told', async () => {
	const reply = message({ qname: 'a.' });
	const notify = message({ flags: 4 << 11, qname: 'a.' });
	const fragment = join(uint(1, 0), uint(2, 8), uint(4, 9));
	const { queries, bad, trace } = await readTrace(
		capture(
			join(new Uint8Array(12), uint(2, 0x0806), new Uint8Array(28)),
			new Uint8Array(10),
			ethernet(
				packet,
				Array.from({ length: 9 }, () => [0x8100, 1] as const),
			),
			ethernet(ipv4(datagram, { protocol: 1 })),
			ethernet(ipv4(datagram, { fragmentOffset: 1 })),
			ethernet(ipv6(datagram, { extensions: [{ type: 44, body: fragment }] })),
			ethernet(ipv4(udp(40_000, 5353, query))),
			ethernet(ipv4(udp(53, 40_000, query))),
			ethernet(ipv4(udp(40_000, 53, reply))),
			ethernet(ipv4(udp(53, 40_000, reply))),
			ethernet(ipv4(udp(40_000, 53, notify))),
			ethernet(ipv4(tcp(40_000, 53, new Uint8Array(0)), { protocol: 6 })),
		),
	);
	assert.deepEqual([queries, bad], [[], []]);
	assert.deepEqual(reasons(trace.passedOver), {
		'not IP': 3,
		'not UDP or TCP': 1,
		'later fragments': 2,
		'another port': 3,
		replies: 1,
		'other opcodes than QUERY': 1,
		'TCP without data': 1,
	});
	assert.equal(trace.passedOver.count, 12);
});

test('another port, and any', async () => {
	const frames = capture(ethernet(packet), ethernet(ipv4(udp(40_000, 5300, query))));
	assert.deepEqual(
		(await readTrace(frames, { port: 5300 })).queries.map(({ line }) => line),
		[2],
	);
	assert.deepEqual(
		(await readTrace(frames, { port: 0 })).queries.map(({ line }) => line),
		[1, 2],
	);
});

test('packets of which the capture has only the beginning: what is there of the question is enough', async () => {
	const withEdns = message({ flags: rd, qname: 'long.example.', additional: [opt()] });
	const frame = ethernet(ipv4(udp(40_000, 53, withEdns)));
	const questionEnd = 14 + 20 + 8 + 12 + 14 + 4;
	for (let captured = 0; captured <= frame.length; captured++) {
		const { queries, trace } = await readTrace(pcap([{ frame, captured }]));
		assert.equal(queries.length, captured >= questionEnd ? 1 : 0, `${captured} octets`);
		if (queries.length === 1) assert.equal(queries[0].edns !== undefined, captured === frame.length);
		else if (captured < 14) assert.deepEqual(reasons(trace.passedOver), { 'not IP': 1 });
		else assert.deepEqual(reasons(trace.skipped), { 'cut off by the capture': 1 }, `${captured} octets`);
	}
});

test('damaged packets are told and skipped', async () => {
	const rows: [string, Uint8Array, RegExp][] = [
		['IP version 5', Uint8Array.of(0x50, ...packet.subarray(1)), /the IP header of the packet is damaged/],
		[
			'short IPv4 header',
			Uint8Array.of(0x44, ...packet.subarray(1)),
			/the IP header of the packet is damaged/,
		],
		['IPv4 length', ipv4(datagram, { length: 10 }), /the IP header of the packet is damaged/],
		[
			'IPv6 length',
			ipv6(datagram, { extensions: [{ type: 0, body: new Uint8Array(7) }], length: 4 }),
			/the IP header of the packet is damaged/,
		],
		['UDP length', ipv4(udp(40_000, 53, query, -3)), /0 octets are no DNS message/],
		['short message', ipv4(udp(40_000, 53, query.subarray(0, 11))), /11 octets are no DNS message/],
		[
			'no question',
			ipv4(udp(40_000, 53, query.subarray(0, 12))),
			/the question of the DNS message cannot be read/,
		],
		['two questions', ipv4(udp(40_000, 53, withByte(query, 5, 2))), /the question of the DNS message/],
		[
			'a record that is not there',
			ipv4(udp(40_000, 53, withByte(query, 11, 1))),
			/the records behind the question/,
		],
	];
	for (const [name, frame, expected] of rows) {
		const { queries, bad } = await readTrace(pcap([{ frame }], { linkType: 101 }));
		assert.equal(queries.length, 0, name);
		assert.equal(bad.length, 1, name);
		assert.match(bad[0], expected, name);
	}
});

function withByte(octets: Uint8Array, at: number, value: number): Uint8Array {
	const copy = octets.slice();
	copy[at] = value;
	return copy;
}

test('no packet makes the reader throw', async () => {
	const starts = [packet, ipv6(datagram), ipv4(tcp(40_000, 53, withLength(query)), { protocol: 6 })];
	const damage = fc.tuple(fc.nat({ max: 90 }), fc.integer({ min: 0, max: 255 }));
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...starts),
			fc.array(damage, { maxLength: 6 }),
			fc.nat({ max: 100 }),
			async (start, changes, captured) => {
				const frame = start.slice();
				for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
				const file = pcap([{ frame, captured: Math.min(captured, frame.length) }], { linkType: 101 });
				const { trace, queries } = await readTrace(file, { port: 0, pairReplies: true });
				assert.equal(trace.read, 1);
				assert.ok(queries.length + trace.skipped.count + trace.passedOver.count >= 1);
			},
		),
		{ numRuns: 500 },
	);
});
