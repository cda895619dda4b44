import { it } from 'node:test';
import { nativeTransport, skipNative } from './native.ts';
import { udpListenerSuite } from './udp-listener.suite.ts';

if (skipNative) it.skip(`UDP listener: native: ${skipNative}`);
else {
	udpListenerSuite(
		'native',
		({ counters, ...options }) => nativeTransport(counters).openListener(options),
		() => nativeTransport().flush(),
	);
}
