/**
 * Goal: any of the sources, packings and formats is opened without being told which, and what cannot be opened says why.
 * Method: small files of each in a directory of their own; a process that reads its standard input.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { openTrace, type TraceOptions } from '../../../../src/workload/read/open-trace.ts';
import { message } from '../../wire/messages.ts';
import { ethernet, ipv4, pcap, udp } from './captures.ts';
import { asked, configError, pieces, readTrace, reasons } from './support.ts';

const dnsperf = '; queries\nwww.example.org A\nwww.example.org AAAA\n';
const zeek = '#separator \\x09\n#fields\tts\tquery\tqtype\n1.5\twww.example.org\t1\n';
const coredns =
	'.:53\n[INFO] 10.0.0.1:5 - 6 "A IN www.example.org. udp 33 false 512" NOERROR qr,rd,ra 60 0.01s\n';
const capture = pcap([
	{ frame: ethernet(ipv4(udp(9, 53, message({ flags: 0, qname: 'www.example.org.' })))) },
]);

test('the format is found out', async () => {
	const rows: [string, string | Uint8Array, string][] = [
		['dnsperf', dnsperf, 'dnsperf'],
		['dnsperf whose first lines are bad', `oops\nwww..org A\n${dnsperf}`, 'dnsperf'],
		['Zeek', zeek, 'zeek'],
		['Zeek without its first line', zeek.slice(zeek.indexOf('\n') + 1), 'zeek'],
		['Zeek as JSON', '{"ts":1.5,"query":"www.example.org","qtype":1}\n', 'zeek'],
		['CoreDNS', coredns, 'coredns-log'],
		[
			'petrel as JSON',
			'{"level":"info","msg":"x"}\n{"qname":"www.example.org.","qtype":"A","qclass":"IN"}\n',
			'coredns-log',
		],
		[
			'CoreDNS in a container',
			coredns
				.split('\n')
				.map((log) => JSON.stringify({ log }))
				.join('\n'),
			'coredns-log',
		],
		['pcap', capture, 'pcap'],
	];
	for (const [name, content, format] of rows) {
		for (const pieceBytes of [1, 65_536]) {
			const { trace, queries } = await readTrace(content, {}, pieceBytes);
			assert.equal(trace.format, format, name);
			assert.match(asked(queries)[0], /^www\.example\.org\. 1$/, name);
		}
	}
});

test('what is of no format is not guessed, but may be told', async () => {
	await assert.rejects(
		readTrace('1 1 0 0\n2 1 0 1\n'),
		configError(
			/^trace: is of no format that petrel finds out \(it begins "1 1 0 0"\); name one: dnsperf, pcap, zeek, coredns-log$/,
		),
	);
	await assert.rejects(readTrace('\0'.repeat(100_000)), configError(/^trace: is of no format/));
	const { queries, bad } = await readTrace('1 1 0 0\nwww.example.org A\n', { format: 'dnsperf' });
	assert.equal(queries.length, 1);
	assert.equal(bad.length, 1);
});

test('nothing is no trace', async () => {
	for (const content of ['', gzipSync(''), zstdCompressSync('')]) {
		await assert.rejects(
			readTrace(content),
			configError(/^trace: is empty; give a file of queries or a trace$/),
		);
	}
});

async function names(path: string, options: TraceOptions = {}): Promise<string[]> {
	const queries = [];
	for await (const query of openTrace(path, options)) queries.push(query);
	return asked(queries);
}

test('files, and why they cannot be read', async (t) => {
	const directory = await mkdtemp(join(tmpdir(), 'petrel-trace-'));
	t.after(() => rm(directory, { recursive: true }));
	const path = join(directory, 'queries.gz');
	await writeFile(path, gzipSync(dnsperf));
	assert.deepEqual(await names(path), ['www.example.org. 1', 'www.example.org. 28']);
	await writeFile(path, 'a.test A\nb.test NOSUCH\n');
	await assert.rejects(names(path), (error: Error) =>
		error.message.startsWith(`${path}:2: "NOSUCH" is no type`),
	);
	await assert.rejects(
		names(join(directory, 'missing')),
		configError(
			/missing: cannot be read: ENOENT.*; name a file of queries, a trace, or - for standard input$/,
		),
	);
	await assert.rejects(names(directory), configError(/: cannot be read: EISDIR/));
});

test('standard input', () => {
	const script = `
		import { openTrace } from ${JSON.stringify(import.meta.resolve('../../../../src/workload/read/open-trace.ts'))};
		for await (const query of openTrace('-')) console.log(query.line, query.qtype);
	`;
	const run = (input: string): { stdout: string; stderr: string } =>
		spawnSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8' });
	assert.equal(run(dnsperf).stdout, '2 1\n3 28\n');
	assert.match(run('a.test A\na.test NOSUCH\n').stderr, /stdin:2: "NOSUCH" is no type/);
});

test('what breaks in somebody else’s source comes out as it is', async () => {
	const broken = async function* (): AsyncGenerator<Uint8Array> {
		yield Buffer.from(dnsperf);
		throw new RangeError('of the source');
	};
	for (const source of [broken(), gzipOf(broken())]) {
		const trace = openTrace(source);
		await assert.rejects(async () => {
			for await (const _ of trace);
		}, /of the source/);
	}
});

async function* gzipOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	for await (const chunk of source) yield gzipSync(chunk);
}

test('who stops early closes the source, packed or not', async () => {
	for (const pack of [(octets: Buffer) => octets, gzipSync, zstdCompressSync]) {
		let closed = false;
		const source = async function* (): AsyncGenerator<Uint8Array> {
			try {
				for (let i = 0; i < 1_000_000; i++) yield pack(Buffer.from(`n${i}.example A\n`.repeat(1000)));
			} finally {
				closed = true;
			}
		};
		for await (const query of openTrace(source())) if (query.line === 3) break;
		// The stream that unpacks lets go of its source in a turn of its own.
		while (!closed) await new Promise((resolve) => setImmediate(resolve));
		assert.ok(closed);
	}
});

test('batches hold the same queries, and a trace is read once', async () => {
	const trace = openTrace(pieces(dnsperf, 20));
	const batches = [];
	for await (const batch of trace.batches()) batches.push(asked(batch));
	assert.deepEqual(batches.flat(), ['www.example.org. 1', 'www.example.org. 28']);
	assert.equal(trace.read, 3);
	await assert.rejects(async () => {
		for await (const _ of trace);
	}, /a trace is read once; open it again/);
});

test('the counts are there while it is read', async () => {
	const trace = openTrace(pieces(coredns, 7));
	assert.equal(trace.format, undefined);
	for await (const _ of trace) {
		assert.equal(trace.format, 'coredns-log');
		assert.equal(trace.read, 2);
	}
	assert.deepEqual(reasons(trace.passedOver), { 'no query line': 1 });
});
