import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/config/model.ts';
import type { EngineEvent } from '../../../src/engine/io.ts';
import { logEvent } from '../../../src/server/event-log.ts';
import { createLog, type LogFormat } from '../../../src/server/log.ts';
import { formatSize, type Ready, readyText } from '../../../src/server/ready-text.ts';

const at = { file: 'Corefile', line: 3, column: 1 };
const model = {
	blocks: [
		{ at, keys: [{ zone: '.', port: 53 }], errors: { stacktrace: false } },
		{ at, keys: [{ zone: 'quiet.', port: 53 }], errors: undefined },
	],
} as unknown as Model;

function linesOf(format: LogFormat, ...events: EngineEvent[]): string[] {
	const lines: string[] = [];
	const log = createLog(format, (line) => lines.push(line));
	for (const event of events) logEvent(event, model, (upstream) => `192.0.2.${upstream}:53`, log);
	return lines;
}

const failure: EngineEvent = {
	kind: 'resolution-failed',
	block: 0,
	qname: 'www.example.',
	qtype: 'A',
	cause: 'read udp: i/o timeout',
};

test('a failed resolution is written as CoreDNS writes it', () => {
	assert.deepEqual(linesOf('coredns', failure), [
		'[ERROR] plugin/errors: 2 www.example. A: read udp: i/o timeout',
	]);
});

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
			cause: 'read udp: i/o timeout',
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
