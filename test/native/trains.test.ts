/**
 * Goal: replies that go through the kernel together arrive as what they are, and where the kernel does not take them so, one
 * by one. Method: a process in a network namespace of its own, whose loopback has the MTU that the case needs.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { skipNative } from '../unit/net/native.ts';

const child = fileURLToPath(new URL('./trains.child.ts', import.meta.url));
const own = ['--net', '--map-root-user', 'sh', '-c'];
const skip =
	skipNative ||
	(spawnSync('unshare', [...own, 'ip link set lo up']).status === 0
		? false
		: 'no network namespace to be had');

async function replies(mtu: number, queries: number, lengths: readonly number[]): Promise<string> {
	const command = `ip link set lo up mtu ${mtu} && exec "$0" "$@"`;
	const args = [process.execPath, child, ...[queries, ...lengths].map(String)];
	const { stdout } = await promisify(execFile)('unshare', [...own, command, ...args]);
	return stdout;
}

function expected(queries: number, lengths: readonly number[]): string {
	return Array.from({ length: queries }, (_, slot) => `${slot}:${lengths[slot % lengths.length]}`).join(' ');
}

describe('replies of one length to one client', { skip }, () => {
	for (const { name, mtu, queries, lengths } of [
		{ name: 'one length', mtu: 65_536, queries: 64, lengths: [100] },
		{ name: 'three lengths, mixed', mtu: 65_536, queries: 50, lengths: [100, 101, 500] },
		{
			name: 'the longest that go together, more than one train holds',
			mtu: 65_536,
			queries: 64,
			lengths: [1232],
		},
		{ name: 'too long to go together', mtu: 65_536, queries: 20, lengths: [1233, 4000] },
		{
			name: 'longer than the MTU: the kernel refuses to split, and they go one by one',
			mtu: 600,
			queries: 40,
			lengths: [1000, 1100, 90],
		},
	]) {
		it(name, async () => {
			assert.equal(await replies(mtu, queries, lengths), expected(queries, lengths));
		});
	}
});
