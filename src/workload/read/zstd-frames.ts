import type { OctetReader } from './octet-reader.ts';

/**
 * Zstandard by its frames (RFC 8878 §3.1). node:zlib unpacks one, and its older versions drop without a word what stands
 * behind the first, and are content with half of it. So a file is taken apart here, which needs no unpacking:
 *
 *   magic 4 | descriptor 1 | window, dictionary ID, content size | blocks... | checksum 4 if the descriptor says so
 *   block: last 1 bit, type 2 bits, size 21 bits | content
 */
const magicBytes = 4;
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const blockHeaderBytes = 3;
const checksumBytes = 4;
/** The type of a block that repeats one octet. */
const repeatedBlock = 1;

/** What stands where a frame should begin. */
export interface NoFrame {
	readonly octets: string;
}

/** A frame as it is, to be read to its end before the next is asked for. */
export type Frame = AsyncIterable<Uint8Array>;

/** The frames of a file, without those to be skipped. The last thing is a `NoFrame` if other octets follow. */
export async function* zstdFrames(reader: OctetReader): AsyncGenerator<Frame | NoFrame, void, void> {
	while (!reader.isCut && (await reader.hasMore())) {
		const start = await reader.take(magicBytes);
		if (reader.isCut) return;
		const magic = start.readUInt32LE();
		if (magic === frameMagic) yield frame(reader, start);
		else if ((magic & ~0xf) >>> 0 === skippableMagic) await skip(reader);
		else {
			yield { octets: start.toString('hex') };
			return;
		}
	}
}

async function skip(reader: OctetReader): Promise<void> {
	const size = await reader.take(4);
	if (reader.isCut) return;
	for await (const _ of reader.pass(size.readUInt32LE()));
}

async function* frame(reader: OctetReader, magic: Buffer): AsyncGenerator<Uint8Array, void, void> {
	yield magic;
	const descriptor = await reader.take(1);
	yield descriptor;
	if (reader.isCut) return;
	yield* reader.pass(headerRestBytes(descriptor[0]));
	for (let isLast = false; !isLast; ) {
		const header = await reader.take(blockHeaderBytes);
		yield header;
		if (reader.isCut) return;
		const word = header.readUIntLE(0, blockHeaderBytes);
		isLast = (word & 1) === 1;
		// A repeated octet stands there once.
		yield* reader.pass(((word >>> 1) & 3) === repeatedBlock ? 1 : word >>> 3);
	}
	if (descriptor[0] & 0x04) yield* reader.pass(checksumBytes);
}

/** Octets of window, dictionary ID and content size. */
function headerRestBytes(descriptor: number): number {
	const isSingleSegment = (descriptor & 0x20) !== 0;
	const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
	const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6];
	return (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
}
