import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../util/errors.ts';
import type { Notes } from './notes.ts';
import { OctetReader } from './octet-reader.ts';
import { Peekable, readSource, type TraceSource } from './source.ts';
import { zstdFrames } from './zstd-frames.ts';

/** Compressed files, known by their first octets: gzip (of any number of members) and zstd (of frames) are unpacked. */

const magicBytes = 6;
/** A trace may be packed twice by mistake; more is no trace. */
const layersMax = 3;
const chunkSize = 256 * 1024;

type Octets = AsyncGenerator<Uint8Array, void, void>;

interface Packing {
	readonly name: string;
	/** The first octets in hexadecimal. */
	readonly magic: RegExp;
	/** Undefined: it is not unpacked here. */
	readonly unpack: ((packed: Octets, notes: Notes) => Octets) | undefined;
}

const packings: readonly Packing[] = [
	{ name: 'gzip', magic: /^1f8b/, unpack: unpackGzip },
	// Frames, and frames to be skipped, which may stand before them.
	{ name: 'zstd', magic: /^(?:28b52ffd|5.2a4d18)/, unpack: unpackZstd },
	{ name: 'xz', magic: /^fd377a585a00/, unpack: undefined },
	{ name: 'bzip2', magic: /^425a683[1-9]/, unpack: undefined },
	{ name: 'lz4', magic: /^04224d18/, unpack: undefined },
	{ name: 'zip', magic: /^504b0304/, unpack: undefined },
];

/** Gives the octets of a source, without their packing, to `read`, and lets go of the source whenever that ends. */
export async function* readUnpacked<T>(
	source: TraceSource,
	notes: Notes,
	read: (octets: Peekable) => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
	const packed = new Peekable(readSource(source));
	let octets = packed;
	try {
		octets = await unpacked(packed, notes);
		yield* read(octets);
	} finally {
		await octets.close();
		// Somebody may be waiting for octets of it, and standard input may give none for long: nobody waits for that.
		if (octets !== packed) packed.close().catch(() => {});
	}
}

/** The octets without their packing; as they are if there is none. */
export async function unpacked(source: Peekable, notes: Notes): Promise<Peekable> {
	let octets = source;
	for (let layer = 0; layer <= layersMax; layer++) {
		const head = (await octets.peek(magicBytes)).toString('hex', 0, magicBytes);
		const packing = packings.find(({ magic }) => magic.test(head));
		if (!packing) return octets;
		if (!packing.unpack) {
			notes.fail(`the file is packed by ${packing.name}; unpack it, or pack it by gzip or zstd`);
		}
		octets = new Peekable(packing.unpack(copies(octets), notes));
	}
	return notes.fail(`the file is packed more than ${layersMax} times; unpack it`);
}

/** A stream may still be at work on octets when the next are asked for, and whoever gives them may use their memory again. */
async function* copies(source: Peekable): Octets {
	for await (const chunk of source.read()) yield Buffer.from(chunk);
}

async function* unpackGzip(packed: Octets, notes: Notes): Octets {
	const isWhole = yield* through(packed, createGunzip({ chunkSize }), 'gzip', notes);
	if (!isWhole) noteCut('gzip', notes);
}

async function* unpackZstd(packed: Octets, notes: Notes): Octets {
	const reader = new OctetReader(packed);
	try {
		for await (const frame of zstdFrames(reader)) {
			if ('octets' in frame) {
				notes.fail(`the zstd file is damaged: where a frame should begin stands ${frame.octets}`);
			}
			yield* through(frame, createZstdDecompress({ chunkSize }), 'zstd', notes);
		}
		if (reader.isCut) noteCut('zstd', notes);
	} finally {
		reader.close();
	}
}

function noteCut(name: string, notes: Notes): void {
	notes.bad('cut short', `the ${name} file is cut short; the rest is missing`);
}

/** What a stream makes of octets. Returns false if the stream wants more of them than there are. */
async function* through(
	packed: AsyncIterable<Uint8Array>,
	stream: Transform,
	name: string,
	notes: Notes,
): AsyncGenerator<Uint8Array, boolean, void> {
	// Errors of either come out of the stream itself.
	pipeline(Readable.from(packed), stream, () => {});
	try {
		yield* stream;
		return true;
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (code === 'Z_BUF_ERROR') return false;
		if (/^Z_|^ZSTD/.test(code)) notes.fail(`the ${name} file is damaged: ${messageOf(error)}`, error);
		throw error;
	}
}
