import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DgramAlarm } from '../../../src/net/dgram-alarm.ts';
import { DgramTransport } from '../../../src/net/dgram-transport.ts';
import { newClockOrigin, systemClock } from '../../../src/util/clock.ts';
import { alarmSuite } from './alarm.suite.ts';

alarmSuite('dgram', () => new DgramTransport(systemClock(newClockOrigin())));

for (const [what, inMs] of [
	['ten seconds', 10_000],
	['longer than a timer takes', 1e12],
] as const) {
	it(`an alarm that is far from its time does not look at the clock: ${what}`, async () => {
		let looks = 0;
		const clock = {
			nowMs: () => {
				looks++;
				return 0;
			},
		};
		const alarm = new DgramAlarm(clock, () => assert.fail());
		alarm.set(inMs);
		await sleep(20);
		assert.equal(looks, 1);
		alarm.close();
	});
}
