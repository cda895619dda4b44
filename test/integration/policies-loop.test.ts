/**
 * Goal: `petrel policies` foretells the hit ratio of the running server. Method: one log is simulated, and asked of petrel serve by
 * petrel load, with petrel upstream behind, whose count of queries is the true number of misses. Nothing expires, so that it does
 * not matter when exactly a busy machine asks; a third of the names fit.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { buildPetrel } from '../../bench/lib/build-petrel.ts';
import { stopAll } from '../../bench/lib/process.ts';
import { measure, pointsAllowed } from '../../bench/macro/policies-loop.ts';

const workload = {
	queries: 24_000,
	ratePerSec: 4000,
	names: 20_000,
	exponent: 0.9,
	ttlSec: 3600,
	deniedShare: 0.3,
	seed: 7,
};

test('a workload hits as often in the server as in the laboratory, within a point', async () => {
	const built = buildPetrel();
	try {
		const { served, simulated, queries, lostOrLate } = await measure(built, {
			name: 'in the suite',
			workload,
			policy: 's3-fifo',
		});
		assert.equal(queries, workload.queries);
		const lostPoints = (100 * lostOrLate) / queries;
		assert.ok(
			simulated > 30 && simulated < 70,
			`${simulated.toFixed(2)} %: neither empty nor large enough for all`,
		);
		assert.ok(
			Math.abs(served - simulated) <= pointsAllowed + lostPoints,
			`${served.toFixed(2)} % in the server, ${simulated.toFixed(2)} % in the laboratory, ${lostOrLate} lost or late`,
		);
	} finally {
		await stopAll();
		rmSync(built, { recursive: true });
	}
});
