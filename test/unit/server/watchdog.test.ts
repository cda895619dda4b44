/** When a shard counts as stuck, ill or missing, in virtual time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPulses, Pulse, readPulse, stillPulse } from '../../../src/server/pulse.ts';
import type { ShardLife } from '../../../src/server/shard-pool.ts';
import { Watchdog } from '../../../src/server/watchdog.ts';
import { VirtualClock } from '../../../src/util/clock.ts';

const well: ShardLife = { listening: true, replacements: 0, backOffMs: 0 };

function house(shards = 2) {
	const clock = new VirtualClock(1000);
	const pulses = createPulses(shards);
	const beating = Array.from({ length: shards }, (_, shard) => new Pulse(pulses, shard, clock));
	// Beats come from the test.
	for (const pulse of beating) pulse.stop();
	const lives: ShardLife[] = Array.from({ length: shards }, () => well);
	const stuck: string[] = [];
	const dog = new Watchdog({
		shards,
		pulses,
		clock,
		life: (shard) => lives[shard],
		onStuck: (shard, forMs) => stuck.push(`${shard} for ${forMs}`),
	});
	const pass = (ms: number, ...living: number[]): void => {
		for (let passed = 0; passed < ms; passed += 250) {
			clock.advance(250);
			for (const shard of living) beating[shard].beat();
			dog.look();
		}
	};
	return { clock, pulses, beating, lives, stuck, dog, pass };
}

test('a shard that does not turn for two seconds is to be ended, once; the other is left alone', () => {
	const { stuck, dog, pass } = house();
	pass(10_000, 0, 1);
	pass(2000, 0);
	assert.deepEqual(stuck, []);
	pass(1000, 0);
	assert.deepEqual(stuck, ['1 for 2250']);
	assert.deepEqual(dog.unhealthy(), []);
	pass(2250, 0);
	assert.deepEqual(dog.unhealthy(), ['shard-1'], 'five seconds without a turn or a replacement');
	assert.equal(stuck.length, 2);
});

test('a process that was stopped as a whole is not held against its shards', () => {
	const { clock, stuck, dog, pass } = house();
	pass(1000, 0, 1);
	clock.advance(60_000);
	dog.look();
	assert.deepEqual(stuck, []);
	pass(1000, 0, 1);
	assert.deepEqual([stuck, dog.unhealthy()], [[], []]);
});

test('a shard that is down is not stuck; a replacement that turns makes all well', () => {
	const { pulses, beating, lives, stuck, dog, pass } = house();
	lives[1] = { listening: false, replacements: 1, backOffMs: 800 };
	stillPulse(pulses, 1);
	pass(5250, 0);
	assert.deepEqual(
		[stuck, dog.unhealthy(), dog.notListening(), dog.crashLooping()],
		[[], ['shard-1'], ['shard-1'], []],
	);
	lives[1] = { ...lives[1], backOffMs: 1600 };
	assert.deepEqual(dog.crashLooping(), ['shard-1']);
	lives[1] = { ...lives[1], listening: true };
	beating[1].beat();
	assert.deepEqual([dog.unhealthy(), dog.notListening()], [[], []]);
});

test('the highest lag is remembered for a while, and then forgotten', () => {
	const { clock, pulses, beating, dog } = house(1);
	clock.advance(250);
	beating[0].beat();
	clock.advance(400);
	beating[0].beat();
	assert.equal(readPulse(pulses, 0).lagMs, 150);
	clock.advance(250);
	beating[0].beat();
	assert.deepEqual([readPulse(pulses, 0).lagMs, dog.states()[0].lagMaxSec], [0, 0.15]);
	for (let beat = 0; beat < 80; beat++) {
		clock.advance(250);
		beating[0].beat();
	}
	assert.deepEqual(dog.states(), [{ shard: 0, listening: true, deaths: 0, beats: 83, lagMaxSec: 0 }]);
});
