import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseWorkerCount, thisMachine } from '../../../src/server/worker-count.ts';

const mebibyte = 1024 * 1024;
const noLimit = Number.POSITIVE_INFINITY;

const rows: {
	name: string;
	cpus: number;
	limitMib: number;
	requested?: number;
	count: number;
	reason: RegExp;
}[] = [
	{ name: 'one per CPU', cpus: 2, limitMib: noLimit, count: 2, reason: /^2 CPUs$/ },
	{ name: 'a single CPU', cpus: 1, limitMib: noLimit, count: 1, reason: /^1 CPU$/ },
	{ name: 'at most four by default', cpus: 64, limitMib: noLimit, count: 4, reason: /^64 CPUs$/ },
	{
		name: 'more than four when asked',
		cpus: 64,
		limitMib: noLimit,
		requested: 12,
		count: 12,
		reason: /^as asked$/,
	},
	{
		name: 'fewer where memory does not hold them',
		cpus: 4,
		limitMib: 160,
		count: 2,
		reason: /^memory limit 160 MiB$/,
	},
	{ name: 'a limit that holds all changes nothing', cpus: 4, limitMib: 198, count: 4, reason: /^4 CPUs$/ },
	{ name: 'one at least', cpus: 4, limitMib: 20, count: 1, reason: /^memory limit 20 MiB$/ },
	{
		name: 'what is asked for is done whatever the limit',
		cpus: 4,
		limitMib: 20,
		requested: 3,
		count: 3,
		reason: /^as asked$/,
	},
];

for (const { name, cpus, limitMib, requested, count, reason } of rows) {
	test(`workers: ${name}`, () => {
		const chosen = chooseWorkerCount(
			{ cpus, memoryLimitBytes: limitMib * mebibyte },
			32 * mebibyte,
			requested,
		);
		assert.equal(chosen.count, count);
		assert.match(chosen.reason, reason);
	});
}

test('a limit that may not hold even one worker is warned of', () => {
	const machine = { cpus: 4, memoryLimitBytes: 120 * mebibyte };
	assert.match(chooseWorkerCount(machine, 32 * mebibyte, undefined).warning ?? '', /--cache-size/);
	assert.match(chooseWorkerCount(machine, 32 * mebibyte, 4).warning ?? '', /4 worker/);
	assert.equal(
		chooseWorkerCount({ ...machine, memoryLimitBytes: noLimit }, 32 * mebibyte, 4).warning,
		undefined,
	);
});

test('this machine has at least one CPU and a limit above zero', () => {
	const machine = thisMachine();
	assert.ok(machine.cpus >= 1);
	assert.ok(machine.memoryLimitBytes > 0);
});
