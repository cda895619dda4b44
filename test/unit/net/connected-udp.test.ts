import { DgramTransport } from '../../../src/net/dgram-transport.ts';
import { newClockOrigin, systemClock } from '../../../src/util/clock.ts';
import { connectedUdpSuite } from './connected-udp.suite.ts';

connectedUdpSuite('dgram', (counters) => new DgramTransport(systemClock(newClockOrigin()), counters));
