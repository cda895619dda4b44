/** `petrel record`: from flags to a recording, and from how it ended to an exit code. */
import { readFileSync } from 'node:fs';
import type { RecordingHead } from '../../server/record/frame.ts';
import { newClockOrigin, systemClock, wallClockMs } from '../../util/clock.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import { cryptoRandom } from '../../util/random.ts';
import { ControlClient } from '../control-client.ts';
import { exitCode } from '../exit.ts';
import { countText, durationText } from '../quantity-text.ts';
import { NameHasher } from './name-hasher.ts';
import { RecordProgress } from './progress.ts';
import { type Ending, RecordSession } from './session.ts';
import { TraceFile } from './trace-file.ts';
import { type ClientMode, ZeekRows, zeekHead, zeekTail } from './zeek-rows.ts';

export interface RecordOptions {
	/** Milliseconds. */
	readonly duration: number;
	readonly maxQueries: number;
	readonly maxBytes: number;
	readonly hashNames?: boolean;
	readonly hashKey?: string;
	readonly clients: ClientMode;
	readonly control?: string;
}

/** Of a key from a file: what can be tried out is no secret. */
const keyBytesMin = 16;
const ownKeyWords = 8;
/** Head and tail, and a row. */
const maxBytesMin = 4096;

const endingTexts: Readonly<Record<Ending, string>> = {
	duration: '--duration is over',
	'max-queries': '--max-queries are there',
	'max-bytes': 'the file has --max-bytes',
	interrupted: 'interrupted',
	'reader-gone': 'nobody reads any more',
	'petrel-gone': 'petrel has ended, or the connection to it is broken',
};

export async function record(path: string, options: RecordOptions): Promise<void> {
	const hasher = hasherFor(options);
	const hashNames = options.hashNames === true || options.hashKey !== undefined;
	const client = new ControlClient(options.control);
	const interrupt = interruption();
	const clock = systemClock(newClockOrigin());
	const startMs = clock.nowMs();
	const request = { duration_ms: options.duration, clients: options.clients !== 'none' };
	const stream = await client.open('/record', request);
	const file = await TraceFile.open(path, options.maxBytes).catch((thrown) => {
		stream.destroy();
		throw thrown;
	});
	const progress = new RecordProgress(process.stderr, clock, options.duration);
	const session = new RecordSession({
		stream,
		file,
		queriesMax: options.maxQueries,
		signal: interrupt,
		askEnd: () => client.post('/record/end', {}),
		begin: ({ version, epoch_ms: epochMs }: RecordingHead) => {
			const rows = new ZeekRows({ epochMs, clients: options.clients, hashNames, hasher });
			const notes = { version, names: hashNames ? 'hashed' : 'clear', clients: options.clients };
			return { text: zeekHead(wallClockMs(), notes), row: (reply) => rows.row(reply) };
		},
		onProgress: () => progress.paint(session.queries, session.lost, file.bytes),
	});
	let ending: Ending | 'error' = 'error';
	try {
		ending = await session.run();
	} finally {
		progress.end();
		const { queries, lost } = session;
		await file.close(zeekTail(wallClockMs(), { queries, lost, ended: ending }));
	}
	const { queries, lost } = session;
	const took = durationText(clock.nowMs() - startMs);
	const to = path === '-' ? '' : ` to ${path}, ${countText(file.bytes)} octets`;
	process.stderr.write(
		`petrel: recorded ${countText(queries)} queries in ${took}${to}; ${countText(lost)} could not be handed over; ${endingTexts[ending]}\n`,
	);
	process.exitCode = ending === 'petrel-gone' ? exitCode.failed : exitCode.ok;
}

/** Throws `PETREL_CONFIG` for what would not do what it says. */
function hasherFor({ clients, hashNames, hashKey, maxBytes }: RecordOptions): NameHasher {
	const refuse = (message: string): never => {
		throw new PetrelError('PETREL_CONFIG', message);
	};
	if (clients === 'clear' && (hashNames || hashKey !== undefined)) {
		refuse('--clients clear beside hashed names would say who asks: leave one of them out');
	}
	if (maxBytes < maxBytesMin) refuse(`--max-bytes ${maxBytes}: a file has ${maxBytesMin} octets at least`);
	if (hashKey === undefined) {
		const random = cryptoRandom();
		const words = Uint32Array.from({ length: ownKeyWords }, () => random.nextUint32());
		return new NameHasher(new Uint8Array(words.buffer));
	}
	let key: Buffer;
	try {
		key = readFileSync(hashKey);
	} catch (thrown) {
		return refuse(`--hash-key ${hashKey}: it cannot be read: ${messageOf(thrown)}`);
	}
	if (key.length < keyBytesMin) {
		refuse(
			`--hash-key ${hashKey}: a key has ${keyBytesMin} octets at least, and there are ${key.length}; head -c 32 /dev/urandom makes a good one`,
		);
	}
	return new NameHasher(key);
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process as usual. */
function interruption(): AbortSignal {
	const controller = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
	return controller.signal;
}
