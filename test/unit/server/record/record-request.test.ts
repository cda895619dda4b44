/** What `POST /record` is asked, and what it says to what makes no sense or cannot be. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createControlListener } from '../../../../src/server/control/control-listener.ts';
import { bindControlSocket } from '../../../../src/server/control/control-socket.ts';
import type { ControlTarget } from '../../../../src/server/control/control-target.ts';
import { type RecordRequest, readRecordRequest } from '../../../../src/server/record/record-request.ts';
import { RecordingRuns } from '../../../../src/server/record/recordings.ts';
import { exchange, temporaryFolder } from '../control/support.ts';

const limit = { timeout: 20_000 };

test('requests', () => {
	const rows: [string, RegExp][] = [
		['', /JSON object/],
		['[]', /JSON object/],
		['null', /JSON object/],
		['{}', /"duration_ms" of a recording is a number above 0/],
		['{"duration_ms":0}', /above 0/],
		['{"duration_ms":"1"}', /above 0/],
		['{"duration_ms":86400001}', /at most 86400000/],
		['{"duration_ms":1,"clients":1}', /"clients" of a recording is a boolean/],
		['{"duration_ms":1,"names":true}', /no "names"; it has duration_ms, clients/],
		['{"duration_ms":1,"__proto__":7}', /no "__proto__"/],
	];
	for (const [body, message] of rows) {
		assert.throws(() => readRecordRequest(body), { code: 'PETREL_CONFIG', message }, body);
	}
	assert.deepEqual(readRecordRequest('{"duration_ms":1.5}'), { duration_ms: 1.5, clients: false });
});

async function start(t: TestContext, record: ControlTarget['record']): Promise<string> {
	const path = join(temporaryFolder(t), 'control.sock');
	const target = { record } as unknown as ControlTarget;
	const listener = createControlListener(target, { request() {}, refusedConnection() {} });
	await bindControlSocket(listener.server, path, true);
	t.after(() => listener.close());
	return path;
}

function openStream(socketPath: string): Promise<{ status: number | undefined; octets: Promise<Buffer> }> {
	const { promise, resolve, reject } = Promise.withResolvers<{
		status: number | undefined;
		octets: Promise<Buffer>;
	}>();
	const sent = request({ socketPath, method: 'POST', path: '/record', agent: false }, (response) => {
		const octets = buffer(response);
		octets.catch(() => {});
		resolve({ status: response.statusCode, octets });
	});
	sent.on('error', reject);
	sent.end('{"duration_ms":1000}');
	return promise;
}

test('a recording is streamed as it is written', limit, async (t) => {
	const asked: RecordRequest[] = [];
	const path = await start(t, async (wanted, open) => {
		asked.push(wanted);
		const to = open();
		to.write('one ');
		to.end('two');
	});
	const { status, octets } = await openStream(path);
	assert.equal(status, 200);
	assert.equal((await octets).toString(), 'one two');
	assert.deepEqual(asked, [{ duration_ms: 1000, clients: false }]);
});

test('a second one is 409 with the reason, a request that makes no sense 400', limit, async (t) => {
	const path = await start(t, async () => {
		throw new RecordingRuns('another one runs');
	});
	const refused = await exchange(path, 'POST', '/record', '{"duration_ms":1}');
	assert.deepEqual([refused.status, refused.body.error], [409, 'another one runs']);
	assert.equal((await exchange(path, 'POST', '/record', '{}')).status, 400);
	assert.equal((await exchange(path, 'GET', '/record')).status, 405);
});

test(
	'what goes wrong after the beginning breaks the stream off, so that it is not taken for whole',
	limit,
	async (t) => {
		const path = await start(t, async (_, open) => {
			open().write('one ');
			throw new Error('broken');
		});
		await assert.rejects(openStream(path).then(({ octets }) => octets));
	},
);
