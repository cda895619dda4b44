/**
 * Opens an alarm, does one thing with it, and lets the process end when nothing holds it; alarm.suite.ts runs it.
 *
 *     node alarm.child.ts TRANSPORT set|unset|cleared|rung|throwing
 */
import { openTransport } from '../../../src/net/open-transport.ts';
import type { TransportName } from '../../../src/net/transport.ts';
import { newClockOrigin, systemClock } from '../../../src/util/clock.ts';

const [name, what] = process.argv.slice(2);
const originMs = newClockOrigin();
const transport = openTransport({ name: name as TransportName, originMs, clock: systemClock(originMs) });
let throws = what === 'throwing';

const alarm = transport.openAlarm(() => {
	if (throws) {
		throws = false;
		throw new Error('meant to be');
	}
	process.stdout.write('rang ');
	if (what === 'rung') alarm.clear();
});

process.on('uncaughtException', () => {
	process.stdout.write('caught ');
	alarm.set(0);
});

if (what !== 'unset') {
	transport.markEnd();
	alarm.set(transport.times[1] + 10);
}
if (what === 'cleared') alarm.clear();
