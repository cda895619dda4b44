/**
 * Answers a client's queries, which it asks in one burst, with replies of given lengths, and prints how many the client got.
 * trains.test.ts runs it in a network of its own.
 *
 *     node trains.child.ts QUERIES LENGTH [LENGTH ...]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { nativeTransport } from '../unit/net/native.ts';
import { RecordedCounters, UdpClient, until } from '../unit/net/support.ts';

const [queries, ...lengths] = process.argv.slice(2).map(Number);
const counters = new RecordedCounters();
const transport = nativeTransport(counters);
const listener = await transport.openListener({
	address: '127.0.0.1',
	port: 0,
	reusePort: false,
	onError: (error) => {
		throw error;
	},
});
const client = await UdpClient.connect('127.0.0.1', listener.port);
for (let i = 0; i < queries; i++) client.send(`${i}`);
// All are in the kernel's queue before the first is read: they come in one batch.
await sleep(50);
listener.start((count) => {
	for (let slot = 0; slot < count; slot++) {
		const length = lengths[slot % lengths.length];
		listener.tx.octets.fill(slot, slot * listener.tx.slotBytes, slot * listener.tx.slotBytes + length);
		listener.tx.length[slot] = length;
	}
});
await until(() => client.received.length + counters.count('datagramSendError') === queries);
const whole = client.received.filter((reply) => reply.every((octet) => octet === reply[0]));
const found = whole
	.map((reply) => `${reply[0]}:${reply.length}`)
	.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
process.stdout.write(found.join(' '));
client.close();
await listener.close();
