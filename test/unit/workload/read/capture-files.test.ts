/**
 * Goal: captures of libpcap and pcapng in every octet order and time unit; what is damaged is said with its place. Method:
 * files by hand, whole and cut anywhere.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join, message } from '../../wire/messages.ts';
import { Blocks, ethernet, ipv4, pcap, udp, uint } from './captures.ts';
import { asked, configError, readTrace, reasons } from './support.ts';

function frameOf(qname: string): Uint8Array {
	return ethernet(ipv4(udp(40_000, 53, message({ flags: 0x0100, qname }))));
}

const frame = frameOf('a.');
const micros = 1_521_911_720_865_716;
const atMs = 1_521_911_720_865.716;

test('pcap: both octet orders, both time units', async () => {
	for (const littleEndian of [true, false]) {
		for (const nanoseconds of [true, false]) {
			const time = nanoseconds ? BigInt(micros) * 1000n : micros;
			const file = pcap(
				[
					{ frame, time },
					{ frame: frameOf('b.'), time },
				],
				{ littleEndian, nanoseconds },
			);
			const { queries, trace } = await readTrace(file);
			assert.deepEqual(asked(queries), ['a. 1', 'b. 1']);
			assert.deepEqual([queries[0].atMs, queries[1].line, trace.read], [atMs, 2, 2]);
		}
	}
});

test('pcap: damage', async () => {
	const file = pcap([{ frame, time: micros }, { frame }]);
	const cut = await readTrace(file.subarray(0, -1));
	assert.deepEqual(cut.queries.length, 1);
	assert.deepEqual(cut.bad, [
		`trace:2: the capture ends within this packet, ${16 + frame.length - 1} octets behind its beginning`,
	]);
	assert.deepEqual(reasons(cut.trace.skipped), { 'cut short': 1 });
	await assert.rejects(
		readTrace(file.subarray(0, 23)),
		configError(/^trace: 23 octets are no capture: its header has 24$/),
	);
	const long = file.slice();
	long[24 + 8 + 3] = 1;
	await assert.rejects(
		readTrace(long),
		configError(/^trace:1: the capture is damaged: a packet of \d+ octets; at most 262144 are$/),
	);
	await assert.rejects(
		readTrace('www.example.org A\n', { format: 'pcap' }),
		configError(/^trace: the file begins with the octets "7777772e": it is neither pcap nor pcapng$/),
	);
	assert.deepEqual((await readTrace(pcap([]))).queries, []);
});

test('pcapng: both octet orders, interfaces of other units and link types, blocks that are not read', async () => {
	for (const littleEndian of [true, false]) {
		const blocks = new Blocks(littleEndian);
		const file = join(
			blocks.section(),
			blocks.interface(1),
			blocks.interface(1, [
				[2, Buffer.from('eth0')],
				[9, uint(1, 9)],
				[0, new Uint8Array(0)],
				[9, uint(1, 3)],
			]),
			blocks.interface(101, [[9, uint(1, 0x80 | 10)]]),
			blocks.interface(1, [
				[9, uint(1, 0)],
				[14, blocks.number(8, 1000)],
			]),
			blocks.interface(127),
			blocks.block(4, Buffer.from('names, which are not read')),
			blocks.enhanced({ frame, time: micros }, 0),
			blocks.enhanced({ frame: frameOf('b.'), time: BigInt(micros) * 1000n + 1000n }, 1),
			blocks.enhanced({ frame: frameOf('c.').subarray(14), time: (1_521_911_721n << 10n) + 512n }, 2),
			blocks.packet({ frame: frameOf('d.'), time: 1_521_910_722 }, 3),
			blocks.enhanced({ frame, time: 0 }, 4),
		);
		const { queries, bad, trace } = await readTrace(file);
		assert.deepEqual(bad, []);
		assert.deepEqual(asked(queries), ['a. 1', 'b. 1', 'c. 1', 'd. 1']);
		assert.deepEqual(
			queries.map((query) => query.atMs),
			[atMs, 1_521_911_720_865.717, 1_521_911_721_500, 1_521_911_722_000],
		);
		assert.deepEqual(reasons(trace.passedOver), { 'unknown link type': 1 });
		assert.equal(trace.read, 5);
	}
});

test('pcapng: a new section has its own octet order and interfaces', async () => {
	const [little, big] = [new Blocks(true), new Blocks(false)];
	const file = join(
		big.section(),
		big.interface(101),
		big.enhanced({ frame: frame.subarray(14), time: micros }),
		little.section(),
		little.interface(1),
		little.enhanced({ frame: frameOf('b.'), time: micros }),
	);
	assert.deepEqual(asked((await readTrace(file)).queries), ['a. 1', 'b. 1']);
});

test('pcapng: simple packets have no time, and the snapshot length of their interface', async () => {
	const blocks = new Blocks();
	const long = join(frame, new Uint8Array(100));
	const file = join(
		blocks.section(),
		blocks.interface(1, [], frame.length),
		blocks.simple({ frame: long, captured: frame.length }),
		blocks.simple({ frame: frameOf('b.') }),
	);
	const { queries, bad } = await readTrace(file);
	assert.deepEqual(bad, []);
	assert.deepEqual(asked(queries), ['a. 1', 'b. 1']);
	assert.ok(queries.every((query) => Number.isNaN(query.atMs)));
});

test('pcapng: damage is said with the packet behind which it is', async () => {
	const blocks = new Blocks();
	const good = join(blocks.section(), blocks.interface(1), blocks.enhanced({ frame }));
	const block = (type: number, length: number, behind = length): Uint8Array =>
		join(
			uint(4, type, true),
			uint(4, length, true),
			new Uint8Array(Math.max(0, length - 12)),
			uint(4, behind, true),
		);
	const rows: [string, Uint8Array, RegExp][] = [
		['length 8', block(6, 8), /^trace:1: the capture is damaged: a block says that it has 8 octets$/],
		['length 13', block(6, 13), /a block says that it has 13 octets$/],
		[
			'huge',
			join(uint(4, 6), uint(4, 0xffff_fff0, true), uint(4, 0)),
			/a block says that it has 4294967280 octets$/,
		],
		['two lengths', block(6, 16, 20), /a block says 16 octets before it and another number behind it$/],
		['a short packet', block(6, 16), /^trace:2: the capture is damaged: the block of a packet is too short$/],
		['a short interface', block(1, 16), /the description of an interface is too short$/],
		[
			'no such interface',
			blocks.enhanced({ frame }, 7),
			/a packet is of interface 7, which is not described$/,
		],
		[
			'a packet that is too long',
			blocks.enhanced({ frame, captured: 90 }),
			/a packet of 90 octets is longer than its block$/,
		],
		['no octet order', blocks.block(0x0a0d0d0a, new Uint8Array(16)), /a section has no octet order$/],
	];
	for (const [name, damage, expected] of rows) {
		await assert.rejects(readTrace(join(good, damage)), configError(expected), name);
	}
	const cut = await readTrace(good.subarray(0, -4));
	assert.match(cut.bad[0], /^trace:1: the capture ends within a block, \d+ octets behind its beginning$/);
	await assert.rejects(
		readTrace(good.subarray(0, 11)),
		configError(/^trace: 11 octets are no capture: a pcapng begins with a section header$/),
	);
	await assert.rejects(
		readTrace(join(blocks.section(), blocks.simple({ frame }))),
		configError(/a simple packet has no interface or no length$/),
	);
});

test('the same wherever the octets are cut', async () => {
	const blocks = new Blocks();
	const packets = ['a.', 'b.', 'c.'].map((name, i) => ({ frame: frameOf(name), time: micros + i }));
	const files = [
		pcap(packets),
		join(blocks.section(), blocks.interface(1), ...packets.map((packet) => blocks.enhanced(packet))),
	];
	for (const file of files) {
		const whole = await readTrace(file);
		assert.equal(whole.queries.length, 3);
		for (let pieceBytes = 1; pieceBytes < 90; pieceBytes++) {
			assert.deepEqual((await readTrace(file, {}, pieceBytes)).queries, whole.queries);
		}
	}
});
