import { it } from 'node:test';
import { connectedUdpSuite } from './connected-udp.suite.ts';
import { nativeTransport, skipNative } from './native.ts';

if (skipNative) it.skip(`connected socket: native: ${skipNative}`);
else connectedUdpSuite('native', nativeTransport);
