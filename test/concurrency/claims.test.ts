/**
 * Goal: over all shards a key has one asker at a time, and nobody who joined is forgotten.
 * Method: real threads claim the same keys over and over, at random; an owner notes itself in a word of the key, which
 * must be free; whoever joined must get the owner's answer for that very place and generation.
 *
 *   allowed    owned by one | joined, and answered | none (no room, or the lock could not be had)
 *   forbidden  two owners at once | an answer that never comes | an answer to a claim that was not joined
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createClaimMemory } from '../../src/forward/claims.ts';
import type { ClaimsData, ClaimsReport } from './claims.worker.ts';

const rounds = Number(process.env.PETREL_CLAIM_ROUNDS ?? 10_000);
const ringPairs = 64;

async function run(shards: number, keyCount: number): Promise<ClaimsReport[]> {
	const shared = {
		shards,
		keyCount,
		rounds,
		ringPairs,
		claims: createClaimMemory(8 * keyCount),
		epochs: new SharedArrayBuffer(4 * shards),
		owners: new SharedArrayBuffer(4 * keyCount),
		mail: new SharedArrayBuffer(4 * (2 * shards + 2 * ringPairs * shards)),
	};
	const reports = Array.from({ length: shards }, (_, shard) => {
		const workerData: ClaimsData = { ...shared, shard };
		return new Promise<ClaimsReport>((resolve, reject) => {
			const worker = new Worker(new URL('./claims.worker.ts', import.meta.url), { workerData });
			worker.once('message', resolve);
			worker.once('error', reject);
			worker.once('exit', (code) => reject(new Error(`a shard ended with ${code} and no report`)));
		});
	});
	return Promise.all(reports);
}

for (const [shards, keyCount] of [
	[4, 50],
	[4, 1],
]) {
	test(`${shards} shards claim ${keyCount} keys ${rounds} times each`, async () => {
		const reports = await run(shards, keyCount);
		const total = (name: keyof ClaimsReport): number =>
			reports.reduce((sum, report) => sum + report[name], 0);
		const line = (['owned', 'joined', 'none', 'twoOwners', 'lostAnswers'] as const).map(
			(name) => `${name} ${total(name)}`,
		);
		process.stdout.write(`# ${line.join(', ')}\n`);
		assert.equal(total('owned') + total('joined') + total('none'), shards * rounds);
		assert.deepEqual([total('twoOwners'), total('lostAnswers')], [0, 0]);
		assert.ok(total('joined') > 0, 'claims met');
		assert.ok(total('none') < (shards * rounds) / 10, 'few had to go without');
	});
}
