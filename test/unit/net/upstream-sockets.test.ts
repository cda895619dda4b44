import { openUpstreamSockets } from '../../../src/net/upstream-sockets.ts';
import { upstreamSocketsSuite } from './upstream-sockets.suite.ts';

upstreamSocketsSuite('node:dgram and node:net', openUpstreamSockets);
