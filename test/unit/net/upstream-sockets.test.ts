import { DgramTransport } from '../../../src/net/dgram-transport.ts';
import { openUpstreamSockets } from '../../../src/net/upstream-sockets.ts';
import { upstreamSocketsSuite } from './upstream-sockets.suite.ts';

upstreamSocketsSuite('node:dgram and node:net', (options) => {
	const transport = new DgramTransport(options.clock, options.counters);
	const sockets = openUpstreamSockets({
		...options,
		openConnected: (address, port, events) => transport.openConnected(address, port, events),
	});
	return { sockets, flush: () => transport.flush() };
});
