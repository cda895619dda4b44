/** Goal: files become one line of requests, whatever their formats and packing. Method: small files in a directory. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { gather, noExpirySec, outcome } from '../../../../src/lab/simulate/requests.ts';
import { TraceSource, type TraceSourceOptions } from '../../../../src/lab/study/trace-source.ts';

type Files = Readonly<Record<string, string | Buffer>>;

function sourceOf(t: TestContext, files: Files, options: TraceSourceOptions = {}): TraceSource {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-study-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const paths = Object.entries(files).map(([name, content]) => {
		writeFileSync(join(directory, name), content);
		return join(directory, name);
	});
	return new TraceSource(paths, options);
}

function zeekLog(rows: readonly (readonly [ts: number, name: string])[]): string {
	const head = '#separator \\x09\n#unset_field\t-\n#fields\tts\tid.orig_h\tquery\tqtype\trcode\tTTLs\n';
	return head + rows.map(([ts, name]) => `${ts}\t10.0.0.1\t${name}\t1\t0\t30\n`).join('');
}

test('files that follow each other keep the gap between them, and their keys', async (t) => {
	const source = sourceOf(t, {
		'a.log': zeekLog([
			[1000, 'a.example'],
			[1010, 'b.example'],
		]),
		'b.log.gz': gzipSync(
			zeekLog([
				[1070, 'B.example'],
				[1071, 'c.example'],
			]),
		),
	});
	const requests = await gather(source.batches());
	assert.deepEqual([...requests.atMs], [0, 10_000, 70_000, 71_000]);
	assert.deepEqual([...requests.keys], [0, 1, 1, 2]);
	assert.deepEqual([source.format, source.isDns, source.keyCount], ['zeek', true, 3]);
});

test('a file that begins before the one in front of it ended is moved behind that, and the third as well', async (t) => {
	const source = sourceOf(t, {
		'a.log': zeekLog([
			[1000, 'a.example'],
			[1010, 'b.example'],
		]),
		'b.log': zeekLog([
			[500, 'c.example'],
			[505, 'd.example'],
		]),
		'c.log': zeekLog([[1100, 'd.example']]),
	});
	assert.deepEqual([...(await gather(source.batches())).atMs], [0, 10_000, 10_000, 15_000, 15_000]);
	assert.match(source.notes.join('\n'), /b\.log begins before the file in front of it ended/);
});

test('a second reading gives the same requests and keys, and says what is damaged once', async (t) => {
	const bad: string[] = [];
	const source = sourceOf(
		t,
		{ 'a.log': `${zeekLog([[1, 'a.example']])}x\t10.0.0.1\tb.example\t1\t0\t30\n` },
		{ onBad: (message) => bad.push(message) },
	);
	const first = await gather(source.batches());
	const notes = [...source.notes];
	assert.deepEqual(await gather(source.batches()), first);
	assert.deepEqual(source.notes, notes);
	assert.equal(bad.length, 1);
});

test('what a format does not say is taken for granted, and said', async (t) => {
	const answers = { ttlSec: 7, untimedRatePerSec: 4 };
	const source = sourceOf(t, { queries: 'a.example A\nb.example A\n' }, { answers });
	const requests = await gather(source.batches());
	assert.deepEqual([...requests.atMs], [0, 250]);
	assert.deepEqual([...requests.ttlsSec], [7, 7]);
	assert.ok(requests.outcomes.every((result) => result === outcome.positive));
	assert.match(
		source.notes.join('\n'),
		/^2 answers without a recorded TTL last 7 s\.\nSizes of 2 answers are estimated by type\.\nTimes[^\n]*: 4 queries a second\.$/,
	);
});

test('objects are read as such, and last for ever unless it is said how long', async (t) => {
	const csv = zstdCompressSync(Buffer.from('time,id,size\n1,x,10\n3,y,20\n'));
	const source = sourceOf(t, { 'a.csv.zst': csv, 'b.csv': 'id;time;size\nx;9;10\n' });
	const requests = await gather(source.batches());
	assert.deepEqual([...requests.keys], [0, 1, 0]);
	assert.deepEqual([...requests.sizes], [10, 20, 10]);
	assert.ok(requests.ttlsSec.every((ttlSec) => ttlSec === noExpirySec));
	assert.deepEqual([source.isDns, source.names, source.format], [false, undefined, 'csv']);
	const short = sourceOf(t, { 'a.lirs': '1\n1\n' }, { objectTtlSec: 5 });
	assert.deepEqual([...(await gather(short.batches())).ttlsSec], [5, 5]);
});

test('columns of a csv are those that were named', async (t) => {
	const csv = { columns: { id: 2, time: 1 }, timeUnitSec: 0.5 };
	const source = sourceOf(t, { 'a.csv': '5,x\n8,y\n' }, { format: 'csv', csv });
	assert.deepEqual([...(await gather(source.batches())).atMs], [0, 1500]);
});

test('hashes depend on what a key is, and not on its number', async (t) => {
	const hashes = async (rows: readonly string[]) => {
		const source = sourceOf(t, { queries: rows.map((name) => `${name} A\n`).join('') });
		const { keys } = await gather(source.batches());
		return new Map(rows.map((name, i) => [name, source.keyHash(keys[i])]));
	};
	const one = await hashes(['a.example', 'b.example']);
	assert.deepEqual(await hashes(['b.example', 'a.example']), new Map([...one].reverse()));
});

for (const [what, files, message] of [
	[
		'DNS and objects together',
		{ a: 'a.example A\n', b: '1\n2\n' },
		/b: is of the format lirs, and the file before of dnsperf/,
	],
	['an empty file', { a: '' }, /a: is empty/],
	['a file of no format', { a: 'hello world again\n' }, /a: is of no format.*--trace-format: dnsperf, pcap/],
	[
		'a damaged gzip file',
		{ a: Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.alloc(9, 0xff)]) },
		/gzip file is damaged/,
	],
] as const) {
	test(`${what} is refused, with the file's name`, async (t) => {
		await assert.rejects(gather(sourceOf(t, files).batches()), { code: 'PETREL_CONFIG', message });
	});
}

test('a file that is not there is refused', async () => {
	await assert.rejects(gather(new TraceSource(['/nowhere/trace']).batches()), {
		code: 'PETREL_CONFIG',
		message: /\/nowhere\/trace: cannot be read/,
	});
});
