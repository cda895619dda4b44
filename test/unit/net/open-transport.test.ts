/** Which transport is used: the table, in processes that have the addon, or are told of one that is none. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skipNative } from './native.ts';

const source = fileURLToPath(new URL('../../../src/net/open-transport.ts', import.meta.url));

function choose(
	wanted: string,
	environment: NodeJS.ProcessEnv = {},
): { name?: string; reason?: string; error?: string } {
	const script = `import { chooseTransport } from ${JSON.stringify(source)};
		try { console.log(JSON.stringify(chooseTransport(${JSON.stringify(wanted)}))); }
		catch (thrown) { console.log(JSON.stringify({ error: thrown.code + ' ' + thrown.message })); }`;
	const env = { ...process.env, ...environment };
	const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
		encoding: 'utf8',
		env,
	});
	return JSON.parse(stdout);
}

const noAddon = { PETREL_NATIVE_ADDON: '/no/such/addon.node' };

test('auto and native take the addon where it is', { skip: skipNative }, () => {
	assert.deepEqual(choose('auto'), { name: 'native' });
	assert.deepEqual(choose('native'), { name: 'native' });
});

test('dgram is dgram, and nothing is said about it', () =>
	assert.deepEqual(choose('dgram'), { name: 'dgram' }));

test('without the addon auto takes dgram and says why', () => {
	const { name, reason } = choose('auto', noAddon);
	assert.equal(name, 'dgram');
	assert.match(String(reason), /^the native addon: .*addon\.node/);
});

test('without the addon native is an error that says what to do', () => {
	assert.match(
		String(choose('native', noAddon).error),
		/^PETREL_TRANSPORT --transport native: .*--transport auto/,
	);
});
