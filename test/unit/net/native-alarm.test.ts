import assert from 'node:assert/strict';
import { it } from 'node:test';
import { alarmSuite } from './alarm.suite.ts';
import { nativeTransport, skipNative } from './native.ts';

if (skipNative) it.skip(`alarm: native: ${skipNative}`);
else {
	alarmSuite('native', nativeTransport);

	it('a turn that an alarm begins has the time of its ringing: the clock is not read again', async () => {
		const transport = nativeTransport();
		const [rangMs, beganMs] = await new Promise<[number, number]>((resolve) => {
			const alarm = transport.openAlarm(() => {
				const before = transport.times[0];
				transport.markBegin();
				resolve([before, transport.times[0]]);
				alarm.close();
			});
			alarm.set(0);
		});
		assert.equal(beganMs, rangMs);
	});
}
