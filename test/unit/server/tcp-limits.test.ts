import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpLimitsOf } from '../../../src/server/tcp-limits.ts';
import { modelOf } from '../config/support.ts';

const model = modelOf(`
a {
	whoami
}
b {
	timeouts {
		read 2s
		maxtcpqueries 9
	}
	whoami
}
c {
	timeouts {
		read 3s
		idle 1m
	}
	whoami
}
`);

test('an address without timeouts has the limits of the server', () => {
	const { readMs, writeMs, idleMs, maxQueries, maxPipelined } = tcpLimitsOf(model, [0]);
	assert.deepEqual([readMs, writeMs, idleMs, maxQueries, maxPipelined], [5000, 5000, 10_000, 0, 128]);
});

test('of several blocks at an address the first decides, limit by limit', () => {
	for (const blocks of [
		[0, 1, 2],
		[2, 1],
	]) {
		const { readMs, writeMs, idleMs, maxQueries } = tcpLimitsOf(model, blocks);
		assert.deepEqual([readMs, writeMs, idleMs, maxQueries], [2000, 5000, 60_000, 9]);
	}
});
