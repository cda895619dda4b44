/** Goal: phases hold and repeat, a stall lets everything out at its end. Method: virtual time; a script that is asked in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Schedule } from '../../../src/load/upstream/schedule.ts';
import { parseSchedule } from '../../../src/load/upstream/schedule-text.ts';
import { PetrelError } from '../../../src/util/errors.ts';
import { answerTo, ask, newScript } from './support.ts';

test('phases are read from text', () => {
	assert.deepEqual(parseSchedule('up 10s, down 5s,stall 250ms ,SERVFAIL 1.5m, up 1h'), [
		{ forMs: 10_000, state: 'up' },
		{ forMs: 5000, state: 'down' },
		{ forMs: 250, state: 'stall' },
		{ forMs: 90_000, state: 'servfail' },
		{ forMs: 3_600_000, state: 'up' },
	]);
});

test('what is no phase is named', () => {
	for (const text of [
		'',
		'up',
		'up 10',
		'away 5s',
		'up 5s 6s',
		'up 0s',
		'up 5s,',
		'up -5s',
		'up 5s; down 5s',
	]) {
		assert.throws(
			() => parseSchedule(text),
			(error: PetrelError) =>
				error.code === 'PETREL_CONFIG' && /write up, down, stall, servfail/.test(error.message),
			text,
		);
	}
	assert.throws(() => parseSchedule('up 5s, slow 3s'), /"slow 3s" is not a phase/);
	assert.throws(() => new Schedule(parseSchedule('stall 5s')), PetrelError);
});

test('states are the same in whatever order times are asked for', () => {
	const phases = parseSchedule('up 0.3s, stall 0.1s, down 0.7s, servfail 0.2s');
	const ordered = new Schedule(phases, 5);
	const times = Array.from({ length: 4000 }, (_, i) => 5 + i * 1.3);
	const states = new Map(times.map((ms) => [ms, ordered.stateAt(ms)]));
	const shuffled = new Schedule(phases, 5);
	for (let i = 0; i < times.length; i++) {
		const ms = times[(i * 2711) % times.length];
		assert.equal(shuffled.stateAt(ms), states.get(ms), `${ms}`);
	}
	const expected = (ms: number) => {
		const since = (ms - 5) % 1300;
		return since < 300 ? 'up' : since < 400 ? 'stall' : since < 1100 ? 'down' : 'servfail';
	};
	for (const [ms, state] of states) assert.equal(state, expected(ms), `${ms}`);
});

test('before its start a schedule has run for ever', () => {
	const schedule = new Schedule(parseSchedule('up 1s, down 1s'), 10_000);
	assert.deepEqual(
		[7999, 8000, 9000, 9999].map((ms) => schedule.stateAt(ms)),
		['down', 'up', 'down', 'down'],
	);
});

/** How long an answer takes to a query at this time after the first. */
function delaysIn(schedule: string, always: string, times: readonly number[]): (number | undefined)[] {
	const script = newScript({ schedule: parseSchedule(schedule), always });
	answerTo(script, 'first.example', { nowMs: 1000 });
	return times.map((ms) => answerTo(script, 'www.example', { nowMs: 1000 + ms }).deliveries[0]?.afterMs);
}

test('a query that comes in a stall is answered at its end', () => {
	assert.deepEqual(
		delaysIn('up 9s, stall 1s', '', [0, 8999, 9000, 9250, 9999, 10_000, 19_500]),
		[0, 0, 1000, 750, 1, 0, 500],
	);
});

test('what is due in a stall leaves at its end, and what is taken at the end then takes its time', () => {
	assert.deepEqual(
		delaysIn('up 9s, stall 1s', 'delay300ms', [0, 8699, 8700, 8900, 9100]),
		[300, 300, 1300, 1100, 1200],
	);
});

test('stalls behind one another are one', () => {
	assert.deepEqual(delaysIn('up 1s, stall 1s, stall 2s', '', [1500, 2500, 3999, 4000]), [2500, 1500, 1, 0]);
	assert.deepEqual(delaysIn('stall 1s, up 1s, stall 1s', '', [0, 1000, 2500]), [1000, 0, 1500]);
});

test('of a query that waits out a stall the deliveries stay in order', () => {
	const script = newScript({ schedule: parseSchedule('stall 1s, up 1s') });
	const { deliveries } = answerTo(script, 'short.example', { nowMs: 400 });
	assert.deepEqual(
		deliveries.map(({ afterMs, octets }) => [afterMs, octets.length > 12 ? 'whole' : octets.length]),
		[
			[1000, 1],
			[1003, 12],
			[1006, 'whole'],
		],
	);
});

test('in a phase of SERVFAIL neither names nor rules matter', () => {
	const script = newScript({ schedule: parseSchedule('servfail 1s, up 1s'), always: 'delay5ms' });
	script.setRule('ruled.example', 'nx');
	for (const name of ['www.example', 'nx.example', 'ruled.example']) {
		assert.equal(ask(script, name, { nowMs: 10 }).rcode, 'SERVFAIL');
		assert.equal(answerTo(script, name, { nowMs: 10 }).deliveries[0].afterMs, 5);
	}
	assert.equal(ask(script, 'ruled.example', { nowMs: 1010 }).rcode, 'NXDOMAIN');
});
