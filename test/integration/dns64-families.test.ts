/** Goal: `dns64` is for clients that come by IPv6, by UDP and TCP. Method: one petrel on both loopback addresses. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, test } from 'node:test';
import { askTcp, askUdp, type Server } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import type { Reply } from '../support/integration/message.ts';

const soa = 'example. 60 SOA ns.example. root.example. 1 2 3 4 60';
const rules = [
	{ name: '*.example', type: 'AAAA', action: { authority: [soa] } },
	{ name: '*.example', type: 'A', action: { records: ['@ 60 A 192.0.2.33'] } },
];
const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
const skip = !addresses.some(({ address }) => address === '::1') && 'this machine has no ::1';

test('IPv6 clients get addresses that are made, IPv4 clients never, from the cache either', {
	timeout: 20_000,
	skip,
}, async () => {
	const corefile = (target: string): string => `. {\n\tdns64\n\tcache\n\tforward . ${target}\n}\n`;
	const listen = ['127.0.0.1:0', '[::1]:0'];
	const { petrel, upstream } = await startHouse({ after }, corefile, { listen, script: { rules } });
	const server = (address: string): Server => petrel.servers.find((each) => each.address === address)!;
	const show = ({ answers }: Reply): unknown[] => answers.map(({ type, data }) => [type, data]);
	const made = [['AAAA', '64:ff9b::c000:221']];
	const name = 'www.example';
	for (const ask of [askUdp, askTcp, askUdp]) {
		assert.deepEqual(show(await ask(server('::1'), name, { type: 'AAAA' })), made);
		assert.deepEqual(show(await ask(server('127.0.0.1'), name, { type: 'AAAA' })), []);
	}
	const { report } = upstream.script;
	assert.deepEqual([report.count(name, 'AAAA'), report.count(name, 'A')], [2, 1]);
});
