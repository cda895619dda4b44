import { it } from 'node:test';
import { openUpstreamSockets } from '../../../src/net/upstream-sockets.ts';
import { nativeTransport, skipNative } from './native.ts';
import { upstreamSocketsSuite } from './upstream-sockets.suite.ts';

if (skipNative) it.skip(`upstream sockets: native: ${skipNative}`);
else {
	upstreamSocketsSuite('the native transport and node:net', (options) => {
		const transport = nativeTransport(options.counters);
		const sockets = openUpstreamSockets({
			...options,
			openConnected: (address, port, events) => transport.openConnected(address, port, events),
		});
		return { sockets, flush: () => transport.flush() };
	});
}
