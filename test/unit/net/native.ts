/** The native transport of a test file's thread: there can be one, so it is made once and counts for whoever listens now. */
import { loadBinding } from '../../../src/net/native/binding.ts';
import { NativeTransport } from '../../../src/net/native/native-transport.ts';
import { countNothing, type TransportCounters } from '../../../src/net/transport-counters.ts';
import { newClockOrigin } from '../../../src/util/clock.ts';

const loaded = loadBinding();

/** Why the native tests are skipped; false: they are not. */
export const skipNative: string | false = loaded.binding ? false : loaded.reason;

let transport: NativeTransport | undefined;
let current = countNothing;

/** @param counters those that count from now on; none: the same go on */
export function nativeTransport(counters?: TransportCounters): NativeTransport {
	current = counters ?? current;
	if (!loaded.binding) throw new Error(loaded.reason);
	const originMs = newClockOrigin();
	transport ??= new NativeTransport({
		binding: loaded.binding,
		originMs,
		counters: { add: (event, by) => current.add(event, by) },
	});
	return transport;
}
