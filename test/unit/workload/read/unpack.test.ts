/**
 * Goal: gzip and zstd are unpacked to the last octet, however many members, frames and layers there are, and what is cut
 * short or damaged is said. Method: node:zlib packs; files are cut at every octet and at random.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { Notes } from '../../../../src/workload/read/notes.ts';
import { OctetReader } from '../../../../src/workload/read/octet-reader.ts';
import { Peekable } from '../../../../src/workload/read/source.ts';
import { unpacked } from '../../../../src/workload/read/unpack.ts';
import { zstdFrames } from '../../../../src/workload/read/zstd-frames.ts';
import { configError, pieces, readStrictly } from './support.ts';

interface Unpacked {
	readonly octets: Buffer;
	readonly bad: string[];
}

async function unpack(packed: Uint8Array, pieceBytes?: number): Promise<Unpacked> {
	const bad: string[] = [];
	const notes = new Notes('trace', (message) => bad.push(message));
	const parts: Uint8Array[] = [];
	const plain = await unpacked(new Peekable(pieces(packed, pieceBytes)), notes);
	for await (const part of plain.read()) parts.push(Buffer.from(part));
	return { octets: Buffer.concat(parts), bad };
}

const text = Buffer.from('www.example.org A\nwww.example.org AAAA\n');
const skippedFrame = Buffer.from('5a2a4d180400000001020304', 'hex');
/** Long enough for several blocks, and hard to pack: pseudo-random numbers. */
const long = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7_919_993) % 1_000_003).join(' '));

test('members, frames, frames to be skipped, one packing in the other', async () => {
	const halves = [text.subarray(0, 7), text.subarray(7)];
	const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
	const withoutSize = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } };
	const rows: [string, Uint8Array][] = [
		['as it is', text],
		['gzip', gzipSync(text)],
		['two members', Buffer.concat(halves.map((half) => gzipSync(half)))],
		['zstd', zstdCompressSync(text)],
		['with a checksum', zstdCompressSync(text, withChecksum)],
		['without its size', zstdCompressSync(text, withoutSize)],
		['two frames', Buffer.concat([zstdCompressSync(halves[0], withChecksum), zstdCompressSync(halves[1])])],
		['a frame to be skipped before', Buffer.concat([skippedFrame, zstdCompressSync(text)])],
		['a frame to be skipped behind', Buffer.concat([zstdCompressSync(text), skippedFrame])],
		['an empty frame', Buffer.concat([zstdCompressSync(''), zstdCompressSync(text)])],
		['gzip in zstd', zstdCompressSync(gzipSync(text))],
		['zstd in gzip in gzip', gzipSync(gzipSync(zstdCompressSync(text)))],
	];
	for (const [name, packed] of rows) {
		for (const pieceBytes of [1, 5, 65_536]) {
			assert.deepEqual(await unpack(packed, pieceBytes), { octets: text, bad: [] }, name);
		}
	}
	const four = gzipSync(gzipSync(gzipSync(gzipSync(text))));
	await assert.rejects(unpack(four), configError(/^trace: the file is packed more than 3 times; unpack it$/));
});

test('whatever is packed in whatever frames, by whatever parameters', async () => {
	const content = fc.oneof(
		fc.uint8Array({ maxLength: 3000 }),
		// Runs of one octet become blocks of their own type.
		fc
			.tuple(fc.integer({ min: 0, max: 255 }), fc.nat({ max: 400_000 }))
			.map(([octet, bytes]) => new Uint8Array(bytes).fill(octet)),
		fc.constant(Uint8Array.from(long)),
	);
	const frame = fc.record({
		content,
		level: fc.integer({ min: 1, max: 9 }),
		checksum: fc.nat({ max: 1 }),
		size: fc.nat({ max: 1 }),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 4 }), async (frames) => {
			const packed = frames.map(({ content, level, checksum, size }) =>
				zstdCompressSync(content, {
					params: {
						[constants.ZSTD_c_compressionLevel]: level,
						[constants.ZSTD_c_checksumFlag]: checksum,
						[constants.ZSTD_c_contentSizeFlag]: size,
					},
				}),
			);
			const found: Buffer[] = [];
			const reader = new OctetReader(pieces(Buffer.concat(packed), 1000));
			for await (const part of zstdFrames(reader)) {
				assert.ok(!('octets' in part));
				const octets = [];
				for await (const piece of part) octets.push(Buffer.from(piece));
				found.push(Buffer.concat(octets));
			}
			assert.equal(reader.isCut, false);
			assert.deepEqual(found, packed);
			assert.deepEqual(
				(await unpack(Buffer.concat(packed))).octets,
				Buffer.concat(frames.map((each) => each.content)),
			);
		}),
		{ numRuns: 40 },
	);
});

test('cut short: what came is there, and it is said', async () => {
	for (const [name, packed] of [
		['gzip', gzipSync(long)],
		['zstd', zstdCompressSync(long)],
	] as const) {
		const { octets, bad } = await unpack(packed.subarray(0, packed.length >> 1));
		assert.ok(octets.length > 0 && octets.length < long.length, `${name}: ${octets.length}`);
		assert.deepEqual(octets, long.subarray(0, octets.length), name);
		assert.deepEqual(bad, [`trace:0: the ${name} file is cut short; the rest is missing`]);
	}
	for (const packed of [gzipSync(text), Buffer.concat([skippedFrame, zstdCompressSync(text)])]) {
		for (let bytes = 6; bytes < packed.length; bytes++) {
			// Where a frame has ended, the file may.
			if (bytes === skippedFrame.length && packed[0] !== 0x1f) continue;
			assert.equal((await unpack(packed.subarray(0, bytes))).bad.length, 1, `${bytes} octets`);
		}
	}
	await assert.rejects(
		readStrictly(gzipSync(text).subarray(0, -9), { format: 'dnsperf' }),
		configError(/^trace:\d: the gzip file is cut short/),
	);
});

test('damaged, or of other packings', async () => {
	const gzip = gzipSync(long);
	gzip.fill(0xff, gzip.length >> 1, (gzip.length >> 1) + 50);
	await assert.rejects(unpack(gzip), configError(/^trace: the gzip file is damaged: /));
	const zstd = zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
	zstd[zstd.length - 1] ^= 1;
	await assert.rejects(unpack(zstd), configError(/^trace: the zstd file is damaged: /));
	await assert.rejects(
		unpack(Buffer.concat([zstdCompressSync(text), Buffer.from('more')])),
		configError(/^trace: the zstd file is damaged: where a frame should begin stands 6d6f7265$/),
	);
	for (const [name, magic] of [
		['xz', 'fd377a585a0000'],
		['bzip2', '425a68393141'],
		['lz4', '04224d1800'],
		['zip', '504b030400'],
	]) {
		await assert.rejects(
			unpack(Buffer.from(magic, 'hex')),
			configError(
				new RegExp(`^trace: the file is packed by ${name}; unpack it, or pack it by gzip or zstd$`),
			),
		);
	}
});
