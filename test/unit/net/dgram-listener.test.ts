import { openDgramListener } from '../../../src/net/dgram-listener.ts';
import { udpListenerSuite } from './udp-listener.suite.ts';

udpListenerSuite('node:dgram', openDgramListener, () => {});
