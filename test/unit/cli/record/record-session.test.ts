/** Goal: however a recording ends, it says why, and its file holds what it says. Method: streams that the test writes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type Ending, RecordSession } from '../../../../src/cli/record/session.ts';
import { TraceFile } from '../../../../src/cli/record/trace-file.ts';
import { recordWords } from '../../../../src/engine/log-ring.ts';
import { frameHeadBytes, newFrame } from '../../../../src/server/record/frame.ts';
import { until } from '../../../support/integration/until.ts';

const limit = { timeout: 20_000 };
const units = recordWords / 2 + 1;

/** A frame with a record for each ID, of the root. */
function frameOf(ids: readonly number[], lostCount = 0): Uint8Array {
	const frame = newFrame(ids.length * units * 8, lostCount);
	const words = new Int32Array(frame.buffer, frameHeadBytes);
	for (const [i, id] of ids.entries()) {
		words[i * units * 2] = units;
		words[i * units * 2 + 2] = id;
		words[i * units * 2 + 5] = 1;
	}
	return frame;
}

interface Options {
	readonly queriesMax?: number;
	readonly bytesMax?: number;
	readonly askEnd?: () => Promise<unknown>;
}

/** A session whose rows are `id N`, with what became of it. */
async function open(t: TestContext, { queriesMax = 1000, bytesMax = 1e6, askEnd }: Options = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'petrel-session-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, 'out.log');
	const file = await TraceFile.open(path, bytesMax);
	const stream = new PassThrough();
	const abort = new AbortController();
	let progress = 0;
	const session = new RecordSession({
		stream,
		file,
		queriesMax,
		signal: abort.signal,
		askEnd: askEnd ?? (async () => void stream.end(frameOf([4], 3))),
		begin: ({ version }) => ({ text: `by ${version}\n`, row: ({ id }) => `id ${id}\n` }),
		onProgress: () => progress++,
	});
	const ended = session.run();
	ended.catch(() => {});
	return {
		...{ stream, session, abort, ended },
		progress: () => progress,
		begin: () => stream.write('{"schema":1,"version":"9","epoch_ms":0}\n'),
		text: async (): Promise<string> => {
			await file.close('end\n');
			return readFileSync(path, 'utf8');
		},
	};
}

const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const rowsOf = (count: number): string =>
	ids(count)
		.map((id) => `id ${id}\n`)
		.join('');

test('a stream that ends is a recording whose time is over', limit, async (t) => {
	const one = await open(t);
	one.begin();
	one.stream.write(frameOf(ids(3)));
	one.stream.end(frameOf([], 7));
	assert.equal(await one.ended, 'duration');
	assert.deepEqual([one.session.queries, one.session.lost], [3, 7]);
	assert.equal(await one.text(), `by 9\n${rowsOf(3)}end\n`);
	assert.ok(one.progress() > 0);
});

test('with enough queries it ends in the middle of a frame', limit, async (t) => {
	const one = await open(t, { queriesMax: 5 });
	one.begin();
	one.stream.write(frameOf(ids(3)));
	one.stream.write(frameOf(ids(100).slice(3), 2));
	assert.equal(await one.ended, 'max-queries');
	assert.deepEqual([one.session.queries, one.session.lost], [5, 2]);
	assert.equal(await one.text(), `by 9\n${rowsOf(5)}end\n`);
	assert.ok(one.stream.destroyed, 'petrel is told by that');
});

test('a file that is full ends it, and every row that is counted is in the file', limit, async (t) => {
	const one = await open(t, { bytesMax: 100_000, queriesMax: 1e9 });
	one.begin();
	const feed = setInterval(() => one.stream.write(frameOf(ids(2000))), 1);
	t.after(() => clearInterval(feed));
	assert.equal(await one.ended, 'max-bytes');
	const text = await one.text();
	assert.ok(text.length <= 100_000);
	assert.equal(text.match(/^id /gm)?.length, one.session.queries);
});

test('who interrupts it has what came until then', limit, async (t) => {
	const one = await open(t);
	one.begin();
	one.stream.write(frameOf(ids(4)));
	await until(() => one.session.queries === 4);
	one.abort.abort();
	assert.equal(await one.ended, 'interrupted');
	assert.equal(await one.text(), `by 9\n${rowsOf(5)}end\n`);
	assert.equal(one.session.lost, 3);
});

test('a petrel that cannot be asked to end is left', limit, async (t) => {
	const one = await open(t, { askEnd: () => Promise.reject(new Error('gone')) });
	one.begin();
	one.abort.abort();
	assert.equal(await one.ended, 'interrupted');
	assert.match(await one.text(), /^(by 9\n)?end\n$/);
});

const broken: readonly (readonly [string, (stream: PassThrough) => void])[] = [
	['breaks', (stream) => stream.destroy(new Error('reset'))],
	['ends in the middle of a frame', (stream) => stream.end(frameOf(ids(2)).subarray(0, 30))],
];
for (const [what, end] of broken) {
	test(`a connection that ${what}: petrel is gone, and the file is whole`, limit, async (t) => {
		const one = await open(t);
		one.begin();
		one.stream.write(frameOf(ids(2)));
		await until(() => one.session.queries === 2);
		end(one.stream);
		assert.equal(await one.ended, 'petrel-gone' satisfies Ending);
		assert.equal(await one.text(), `by 9\n${rowsOf(2)}end\n`);
	});
}

const garbage: readonly (readonly [string, Uint8Array])[] = [
	['no JSON', Buffer.from('hello\n')],
	['no line', Buffer.alloc(5000, 0x20)],
	['a frame of odd length', Buffer.concat([Buffer.from('{}\n'), Buffer.from(Uint32Array.of(3, 0).buffer)])],
	['a record without length', Buffer.concat([Buffer.from('{}\n'), newFrame(64, 0)])],
];
for (const [what, octets] of garbage) {
	test(`${what} is no recording`, limit, async (t) => {
		const one = await open(t);
		one.stream.end(octets);
		await assert.rejects(one.ended, { code: 'PETREL_CONTROL', message: /is no recording/ });
	});
}
