/**
 * Goal: a hosts file in use: every worker answers from it, a change is seen by all and at once, and the cache is no way
 * around it. Method: a real process with two workers, clients of many source ports, and a file that changes below it.
 */
import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { askTcp, askUdp, openUdpClients, type UdpClient } from '../support/integration/client.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { dataOf } from '../support/integration/message.ts';
import { startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 20_000 };

/** What each of many clients, and so each worker, gets for a name. */
async function answersOf(clients: readonly UdpClient[], name: string): Promise<string[]> {
	const replies = await Promise.all(clients.map((client) => client.ask(name)));
	return [...new Set(replies.map((reply) => `${reply.rcode} ${dataOf(reply).join(' ')}`.trim()))];
}

function replace(path: string, text: string): void {
	writeFileSync(`${path}.new`, text);
	renameSync(`${path}.new`, path);
}

test('a hosts file that changes is seen by all workers, whatever the cache holds', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const path = join(await temporaryDirectory(t), 'hosts');
	writeFileSync(path, '192.0.2.1 one.test\n192.0.2.300 bad.test\n');
	const petrel = await startPetrel(
		t,
		`. {\n\tcache\n\thosts ${path} {\n\t\t10.0.0.1 inline.test one.test\n\t\treload 20ms\n\t\tfallthrough\n\t}\n\tforward . ${upstream.target}\n}\n`,
	);
	const clients = await openUdpClients(petrel);
	t.after(() => {
		for (const client of clients) client.close();
	});
	assert.match(petrel.log, /\[WARNING\] hosts: .*hosts:2: "192\.0\.2\.300" is not an address/);
	assert.deepEqual(await answersOf(clients, 'one.test'), ['NOERROR 192.0.2.1 10.0.0.1']);
	assert.deepEqual(await answersOf(clients, 'inline.test'), ['NOERROR 10.0.0.1']);
	const ptr = await askTcp(petrel, '1.2.0.192.in-addr.arpa', { type: 'PTR' });
	assert.deepEqual([dataOf(ptr), ptr.flags], [['one.test'], 'qr aa rd ra']);

	// A name that the upstream answers goes into the cache; then the file has it.
	const before = await askUdp(petrel, 'two.test');
	assert.deepEqual([before.rcode, before.flags], ['NOERROR', 'qr rd ra']);
	replace(path, '192.0.2.2 two.test\n');
	await until(async () => (await answersOf(clients, 'two.test')).join() === 'NOERROR 192.0.2.2');
	assert.deepEqual(await answersOf(clients, 'one.test'), ['NOERROR 10.0.0.1']);

	// The file goes away: what was read last holds, and is told of once.
	rmSync(path);
	await until(() => petrel.log.includes('does not exist; what was read last holds'));
	assert.deepEqual(await answersOf(clients, 'two.test'), ['NOERROR 192.0.2.2']);
	replace(path, '192.0.2.3 two.test\n');
	await until(async () => (await answersOf(clients, 'two.test')).join() === 'NOERROR 192.0.2.3');
	assert.equal(petrel.log.match(/does not exist/g)?.length, 1);
	assert.equal(upstream.script.report.count('two.test'), 1);
});

test('a block with nothing but hosts serves a file that is not there yet', limit, async (t) => {
	const path = join(await temporaryDirectory(t), 'later');
	const petrel = await startPetrel(t, `. {\n\thosts ${path} {\n\t\treload 20ms\n\t}\n}\n`);
	assert.equal((await askUdp(petrel, 'late.test')).rcode, 'SERVFAIL');
	replace(path, '2001:db8::1 late.test\n');
	await until(async () => (await askUdp(petrel, 'late.test', { type: 'AAAA' })).rcode === 'NOERROR');
	assert.doesNotMatch(petrel.log, /answers REFUSED/);
});

test('hits of a block without hosts are counted as before, beside one with it', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const petrel = await startPetrel(
		t,
		`a.test {\n\thosts none {\n\t\t192.0.2.1 x.a.test\n\t}\n}\n. {\n\tcache\n\tforward . ${upstream.target}\n}\n`,
	);
	await askUdp(petrel, 'hit.example');
	const gained = await petrel.counted(async () => {
		for (let i = 0; i < 3; i++) await askUdp(petrel, 'hit.example');
		await askUdp(petrel, 'x.a.test');
	});
	assert.deepEqual([gained.hits_positive, gained.local_answers, gained.misses], [3, 1, 0]);
});
