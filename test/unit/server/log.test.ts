import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorsOptions, Model } from '../../../src/config/model.ts';
import type { EngineEvent } from '../../../src/engine/io.ts';
import { EventLog, faultText } from '../../../src/server/event-log.ts';
import { createLog, type LogFormat } from '../../../src/server/log.ts';
import { formatSize, type Ready, readyText } from '../../../src/server/ready-text.ts';

const at = { file: 'Corefile', line: 3, column: 1 };
const plain: ErrorsOptions = { stdout: false, stacktrace: false, consolidate: [] };

function modelOf(errors: ErrorsOptions = plain): Model {
	return {
		blocks: [
			{ at, keys: [{ zone: '.', port: 53 }], errors },
			{ at, keys: [{ zone: 'quiet.', port: 53 }], errors: undefined },
		],
	} as unknown as Model;
}

function written(
	format: LogFormat,
	model: Model,
	...events: EngineEvent[]
): Record<'stdout' | 'stderr', string[]> {
	const lines = { stdout: [] as string[], stderr: [] as string[] };
	const log = new EventLog({
		model,
		log: createLog(format, (line) => lines.stderr.push(line)),
		stdoutLog: createLog(format, (line) => lines.stdout.push(line)),
		nameOfUpstream: (upstream) => `192.0.2.${upstream}:53`,
	});
	for (const event of events) log.write(event);
	return lines;
}

function linesOf(format: LogFormat, ...events: EngineEvent[]): string[] {
	return written(format, modelOf(), ...events).stderr;
}

const failure = {
	kind: 'resolution-failed',
	block: 0,
	qname: 'www.example.',
	qtype: 'A',
	rcode: 2,
	cause: 'i/o timeout',
	upstream: 1,
	overTcp: false,
} as const satisfies EngineEvent;

test('a failed resolution is written as CoreDNS writes it', () => {
	assert.deepEqual(linesOf('coredns', failure), [
		'[ERROR] plugin/errors: 2 www.example. A: read udp ->192.0.2.1:53: i/o timeout',
	]);
});

const causes: readonly (readonly [overTcp: boolean, cause: string, text: string])[] = [
	[false, 'ECONNREFUSED', 'read udp ->192.0.2.1:53: read: connection refused'],
	[false, 'EHOSTUNREACH', 'read udp ->192.0.2.1:53: read: no route to host'],
	[true, 'ECONNREFUSED', 'dial tcp 192.0.2.1:53: connect: connection refused'],
	[true, 'ETIMEDOUT', 'dial tcp 192.0.2.1:53: i/o timeout'],
	[true, 'ECONNRESET', 'read tcp ->192.0.2.1:53: read: connection reset by peer'],
	[true, 'i/o timeout', 'read tcp ->192.0.2.1:53: i/o timeout'],
	[true, 'closed', 'EOF'],
	[false, 'expired', 'read udp ->192.0.2.1:53: expired'],
];

for (const [overTcp, cause, text] of causes) {
	test(`a lost query is told in Go's words: ${overTcp ? 'tcp' : 'udp'} ${cause}`, () => {
		const [line] = linesOf('coredns', { ...failure, overTcp, cause });
		assert.equal(line, `[ERROR] plugin/errors: 2 www.example. A: ${text}`);
	});
}

test('a cause without an upstream stands for itself', () => {
	const [line] = linesOf('coredns', { ...failure, rcode: 5, cause: 'no healthy proxies', upstream: -1 });
	assert.equal(line, '[ERROR] plugin/errors: 5 www.example. A: no healthy proxies');
});

test("`errors stdout` writes a block's errors there, and nothing else", () => {
	const model = modelOf({ ...plain, stdout: true });
	const { stdout, stderr } = written('coredns', model, failure, { kind: 'upstream-up', upstream: 1 });
	assert.equal(stdout.length, 1);
	assert.match(stdout[0], /^\[ERROR\] plugin\/errors: /);
	assert.deepEqual(stderr, ['[INFO] plugin/forward: upstream 192.0.2.1:53 is up again']);
});

test('a fault is told with its place, with `stacktrace` with the whole way there', () => {
	const text = 'Error: x\n    at a (a.ts:1:1)\n    at b (b.ts:2:2)';
	assert.equal(faultText(text, modelOf()), 'Error: x\n    at a (a.ts:1:1)');
	assert.equal(faultText(text, modelOf({ ...plain, stacktrace: true })), text);
});

for (const format of ['coredns', 'json'] as const) {
	test(`messages of level DEBUG are written when they are asked for (${format})`, () => {
		const lines: string[] = [];
		const log = createLog(format, (line) => lines.push(line));
		log.debug('one');
		log.setDebug(true);
		log.debug('two');
		log.setDebug(false);
		log.debug('three');
		assert.equal(lines.length, 1);
		assert.match(lines[0], format === 'json' ? /"level":"debug".*"msg":"two"/ : /^\[DEBUG\] two$/);
	});
}

test('a block without `errors` keeps its failures to itself', () => {
	assert.deepEqual(linesOf('coredns', { ...failure, block: 1 }), []);
});

test('upstreams are named by address, loops by place and zone', () => {
	const lines = linesOf(
		'coredns',
		{ kind: 'upstream-down', upstream: 7 },
		{ kind: 'upstream-up', upstream: 7 },
		{ kind: 'loop-found', block: 1 },
	);
	assert.equal(lines[0], '[WARNING] plugin/forward: upstream 192.0.2.7:53 is down');
	assert.equal(lines[1], '[INFO] plugin/forward: upstream 192.0.2.7:53 is up again');
	assert.match(lines[2], /^\[ERROR\] plugin\/loop: Corefile:3: .*quiet\./);
});

test('the JSON log is one object a line with the same facts as fields', () => {
	const [line] = linesOf('json', failure);
	const { level, msg, qname, qtype, rcode, cause } = JSON.parse(line);
	assert.deepEqual(
		{ level, msg, qname, qtype, rcode, cause },
		{
			level: 'error',
			msg: 'resolution failed',
			qname: 'www.example.',
			qtype: 'A',
			rcode: 2,
			cause: 'read udp ->192.0.2.1:53: i/o timeout',
		},
	);
	assert.ok(!line.includes('\n'));
});

test('the ready line names addresses, workers and why so many, transport and cache', () => {
	const endpoint = { number: 0, address: '127.0.0.1', port: 1053, blocks: [0], keyPort: undefined };
	const ready: Ready = {
		version: '0.1.0',
		endpoints: [endpoint, { ...endpoint, address: '::1' }],
		workers: { count: 2, reason: '2 CPUs', warning: undefined },
		transport: 'native',
		steering: 'flow',
		cacheBytes: 32 * 1024 * 1024,
		evictionPolicy: 's3-fifo',
	};
	assert.equal(
		readyText(ready),
		'petrel 0.1.0 ready: 127.0.0.1:1053 [::1]:1053 udp+tcp, 2 workers (2 CPUs), transport native, cache 32 MiB',
	);
	const many = Array.from({ length: 9 }, () => endpoint);
	assert.match(readyText({ ...ready, endpoints: many }), /:1053 and 5 more udp\+tcp/);
});

test('sizes in the largest unit that fits', () => {
	const rows: [number, string][] = [
		[0, '0 octets'],
		[1023, '1023 octets'],
		[212_992, '208 KiB'],
		[1024 ** 2 * 1.5, '1.5 MiB'],
		[1024 ** 3, '1 GiB'],
	];
	for (const [bytes, text] of rows) assert.equal(formatSize(bytes), text);
});
