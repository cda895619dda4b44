import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Model, UpstreamTarget } from '../../../src/config/model.ts';
import { createLog } from '../../../src/server/log.ts';
import { UpstreamDirectory, usesDemo } from '../../../src/server/upstream-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'petrel-upstreams-'));
after(() => rmSync(folder, { recursive: true }));

const at = { file: 'Corefile', line: 7, column: 1 };
const demo = { address: '127.0.0.1', port: 40_000 };

function modelOf(...forwards: UpstreamTarget[][]): Model {
	return { blocks: forwards.map((to) => ({ forwards: [{ at, to }] })) } as unknown as Model;
}

function open(model: Model) {
	const lines: string[] = [];
	const events = new EventEmitter();
	const directory = new UpstreamDirectory({
		model,
		demo: usesDemo(model) ? demo : undefined,
		log: createLog('coredns', (line) => lines.push(line)),
		onChange: (forward) => events.emit('change', forward),
	});
	return { directory, lines, events };
}

test('upstreams stand in the order of the line, with the demo and a resolv.conf in their places', async () => {
	const path = join(folder, 'in-order');
	writeFileSync(path, 'nameserver 192.0.2.1\nnameserver 2001:db8::1\n');
	const { directory } = open(
		modelOf(
			[{ kind: 'demo' }],
			[
				{ kind: 'address', address: '192.0.2.7', port: 5300 },
				{ kind: 'resolv-conf', path },
			],
		),
	);
	await directory.open();
	assert.deepEqual(directory.current, [
		{ forward: 0, upstreams: [demo] },
		{
			forward: 1,
			upstreams: [
				{ address: '192.0.2.7', port: 5300 },
				{ address: '192.0.2.1', port: 53 },
				{ address: '2001:db8::1', port: 53 },
			],
		},
	]);
	assert.equal(directory.nameOf(16), '192.0.2.7:5300');
	assert.equal(directory.nameOf(18), '[2001:db8::1]:53');
	assert.equal(directory.nameOf(31), 'upstream 31');
	directory.close();
});

test('a missing resolv.conf is said once and is no error; when it comes, its forwards change', async () => {
	const path = join(folder, 'missing');
	const { directory, lines, events } = open(
		modelOf([{ kind: 'address', address: '192.0.2.7', port: 53 }], [{ kind: 'resolv-conf', path }]),
	);
	await directory.open();
	assert.deepEqual(directory.current[1], { forward: 1, upstreams: [] });
	assert.equal(lines.length, 1);
	assert.match(lines[0], /^\[WARNING\] .*missing does not exist.*SERVFAIL/);
	const changed = once(events, 'change');
	writeFileSync(path, 'nameserver 192.0.2.1\n');
	const [forward] = await changed;
	assert.deepEqual(forward, { forward: 1, upstreams: [{ address: '192.0.2.1', port: 53 }] });
	assert.deepEqual(directory.current[1], forward);
	directory.close();
});

test('more upstreams than a forward can have are named and left out', async () => {
	const many = Array.from(
		{ length: 18 },
		(_, i): UpstreamTarget => ({ kind: 'address', address: `192.0.2.${i}`, port: 53 }),
	);
	const { directory, lines } = open(modelOf(many));
	await directory.open();
	assert.equal(directory.current[0].upstreams.length, 15);
	assert.match(lines[0], /Corefile:7: .*192\.0\.2\.15, 192\.0\.2\.16, 192\.0\.2\.17/);
	directory.close();
});
