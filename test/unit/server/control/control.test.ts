/** Goal: the control socket follows what becomes of the server around it. Method: a whole server in this process. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCorefile } from '../../../../src/config/load.ts';
import type { FlushReport, Sample, ServerStatus } from '../../../../src/server/control/control-target.ts';
import { createLog } from '../../../../src/server/log.ts';
import { Server } from '../../../../src/server/server.ts';
import { wantedTransport } from '../../../support/transport.ts';
import { exchange, temporaryFolder } from './support.ts';

const text = '. a.example {\n\tforward . 127.0.0.1:1 127.0.0.1:2\n\tforward b.example 127.0.0.1:3\n}\n';

test('a worker that dies is shown, then counted as replaced; a flush meanwhile does not wait for it', async (t) => {
	const { model } = loadCorefile({ path: 'Corefile', text, env: {} });
	const control = join(temporaryFolder(t), 'control.sock');
	const events = new EventEmitter();
	const server = new Server({
		model: model!,
		workers: 2,
		cacheBytes: 2 ** 20,
		listen: [{ address: '127.0.0.1', port: 0 }],
		transport: wantedTransport,
		steering: 'flow',
		trains: true,
		log: createLog('coredns', (line) => events.emit('line', line)),
		version: '9.9.9',
		control,
	});
	await server.start();
	t.after(() => server.stop(0));
	const get = async <Result>(route: string): Promise<Result> =>
		(await exchange(control, 'GET', route)).body as Result;
	const before = await get<ServerStatus>('/status');
	assert.deepEqual(
		before.forwards.map(({ zones, upstreams }) => [zones, upstreams.map(({ port }) => port)]),
		[
			[
				['.', 'a.example.'],
				[1, 2],
			],
			[['b.example.'], [3]],
		],
	);
	assert.deepEqual(before.config.files, []);
	const died = once(events, 'line');
	await server.threads[0].terminate();
	await died;
	const meanwhile = await get<ServerStatus>('/status');
	assert.deepEqual(meanwhile.workers.map(({ state }) => state).toSorted(), ['dead', 'listening']);
	const replaced = once(events, 'line');
	const flushed = (await exchange(control, 'POST', '/flush', '{"all":true}')).body as FlushReport;
	assert.deepEqual(flushed.silent_workers, []);
	await replaced;
	const { shards } = await get<Sample>('/sample');
	assert.deepEqual(shards.map(({ state, replaced_count }) => `${state} ${replaced_count}`).toSorted(), [
		'listening 0',
		'listening 1',
	]);
	await server.stop(0);
	assert.ok(!existsSync(control));
});
