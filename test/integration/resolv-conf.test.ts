/** Goal: the machine's own nameservers as upstreams, also when there are none yet and when they change. */
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cleanup } from '../support/integration/child.ts';
import { askUdp } from '../support/integration/client.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/integration/house.ts';
import { startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 30_000 };

const corefile = (path: string): string => `
. {
	errors
	forward . ${path}
}
demo {
	cache
	forward . demo://
}
`;

/** A nameserver of a resolv.conf has port 53; on this machine one of the loopback network's 2^24 addresses. */
async function startNameserver(cleanup: Cleanup): Promise<ScriptedUpstream | string> {
	const octet = (): number => 1 + Math.floor(Math.random() * 254);
	try {
		return await startScriptedUpstream(cleanup, {
			address: `127.${octet()}.${octet()}.${octet()}`,
			port: 53,
		});
	} catch (thrown) {
		return `no server can listen on port 53 of the loopback network here: ${(thrown as Error).message}`;
	}
}

test(
	'demo. is answered while resolv.conf is empty, and what needs it gets SERVFAIL and a word in the log',
	limit,
	async (t) => {
		const directory = await temporaryDirectory(t);
		for (const [what, text] of [
			['empty', '# nothing yet\n'],
			['missing', undefined],
		]) {
			const path = join(directory, `resolv-${what}.conf`);
			if (text !== undefined) await writeFile(path, text);
			const petrel = await startPetrel(t, corefile(path));
			const counted = await petrel.counted(async () => {
				const first = await askUdp(petrel, 'www.demo');
				assert.equal(first.rcode, 'NOERROR');
				assert.equal(first.answers.length, 1);
				assert.equal((await askUdp(petrel, 'www.demo')).rcode, 'NOERROR');
				assert.equal((await askUdp(petrel, 'example.org')).rcode, 'SERVFAIL');
			});
			assert.equal(counted.hits_positive, 1);
			assert.ok(petrel.log.includes(path), petrel.log);
			await petrel.stop();
		}
	},
);

test('nameservers that come into resolv.conf later are used, and those that go are not', limit, async (t) => {
	const [one, two] = await Promise.all([startNameserver(t), startNameserver(t)]);
	if (typeof one === 'string') return t.skip(one);
	if (typeof two === 'string') return t.skip(two);
	const directory = await temporaryDirectory(t);
	const path = join(directory, 'resolv.conf');
	await writeFile(path, '');
	const petrel = await startPetrel(t, corefile(path));
	assert.equal((await askUdp(petrel, 'early.test')).rcode, 'SERVFAIL');

	await writeFile(path, `search example.org\nnameserver ${one.address}\n`);
	await until(() => petrel.log.includes(`upstreams are now ${one.address}`));
	await until(async () => (await askUdp(petrel, 'then.test')).rcode === 'NOERROR');

	// As NetworkManager does it: a new file takes the name of the old one.
	await writeFile(`${path}.new`, `nameserver ${two.address}\n`);
	await rename(`${path}.new`, path);
	await until(() => petrel.log.includes(`upstreams are now ${two.address}`));
	await until(async () => {
		const before = two.script.report.total;
		await askUdp(petrel, 'now.test');
		return two.script.report.total > before;
	});
	const before = one.script.report.total;
	for (let i = 0; i < 10; i++) assert.equal((await askUdp(petrel, `last-${i}.test`)).rcode, 'NOERROR');
	assert.equal(one.script.report.total, before);
});
