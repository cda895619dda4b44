/** Goal: the longest zone decides, over blocks and within one, in whatever order they stand. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { startPetrel } from '../support/integration/petrel.ts';

const limit = { timeout: 20_000 };
const upstreams = {
	'a.b.': await startScriptedUpstream({ after }),
	'b.': await startScriptedUpstream({ after }),
	'.': await startScriptedUpstream({ after }),
};
type Zone = keyof typeof upstreams;

const orders: readonly (readonly Zone[])[] = [
	['a.b.', 'b.', '.'],
	['.', 'b.', 'a.b.'],
	['b.', '.', 'a.b.'],
];
const shapes: Readonly<Record<string, (order: readonly Zone[]) => string>> = {
	'server blocks': (order) =>
		order.map((zone) => `${zone} {\n\tforward . ${upstreams[zone].target}\n}\n`).join(''),
	'forwards of one block': (order) =>
		`. {\n${order.map((zone) => `\tforward ${zone} ${upstreams[zone].target}\n`).join('')}}\n`,
};
const expected: readonly (readonly [string, Zone])[] = [
	['www.a.b', 'a.b.'],
	['A.B', 'a.b.'],
	['xa.b', 'b.'],
	['b', 'b.'],
	['xb', '.'],
	['a.bc', '.'],
	['b.a', '.'],
	['.', '.'],
];

describe('T67 the longest suffix wins in any order of the file', limit, () => {
	for (const [shape, corefile] of Object.entries(shapes)) {
		for (const order of orders) {
			test(`T67 the longest suffix wins: ${shape} in the order ${order.join(' ')}`, limit, async (t) => {
				const petrel = await startPetrel(t, corefile(order));
				for (const [name, zone] of expected) {
					for (const upstream of Object.values(upstreams)) upstream.script.report.reset();
					assert.equal((await askUdp(petrel, name)).rcode, 'NOERROR', name);
					for (const [each, { script }] of Object.entries(upstreams)) {
						assert.equal(script.report.total, each === zone ? 1 : 0, `${name} at ${each}`);
					}
				}
			});
		}
	}
});

test('a name outside all zones is REFUSED, and nobody is asked', limit, async (t) => {
	const upstream = upstreams['b.'];
	const petrel = await startPetrel(t, `b {\n\tforward . ${upstream.target} {\n\t\texcept no.b\n\t}\n}\n`);
	upstream.script.report.reset();
	for (const name of ['example.org', 'xb', 'www.no.b', 'no.b']) {
		const reply = await askUdp(petrel, name, { edns: {} });
		assert.equal(reply.rcode, 'REFUSED');
		assert.equal(reply.ede, 18);
	}
	assert.equal(upstream.script.report.total, 0);
	assert.equal((await askUdp(petrel, 'www.b')).rcode, 'NOERROR');
});

test('one IPv6 and one IPv4 listener serve both transports', limit, async (t) => {
	const { target, script } = upstreams['.'];
	const petrel = await startPetrel(t, `. {\n\tcache\n\tforward . ${target}\n}\n`, {
		listen: ['127.0.0.1:0', '[::1]:0'],
	});
	script.report.reset();
	assert.deepEqual(petrel.servers.map(({ address }) => address).sort(), ['127.0.0.1', '::1']);
	for (const server of petrel.servers) {
		assert.equal((await askUdp(server, 'both-families.test')).rcode, 'NOERROR');
		assert.equal((await askTcp(server, 'both-families.test')).rcode, 'NOERROR');
	}
	assert.equal(script.report.count('both-families.test'), 1);
});

test('an upstream with an IPv6 address is asked by UDP and by TCP', limit, async (t) => {
	const upstream = await startScriptedUpstream(t, { address: '::1' });
	const petrel = await startPetrel(t, `. {\n\tforward . [::1]:${upstream.port}\n}\n`);
	assert.equal((await askUdp(petrel, 'six.test')).rcode, 'NOERROR');
	assert.equal((await askTcp(petrel, 'tc.count59.six.test')).answers.length, 59);
	const { report } = upstream.script;
	assert.deepEqual(
		[report.count('six.test', 'A', 'udp'), report.count('tc.count59.six.test', 'A', 'tcp')],
		[1, 1],
	);
});

test('whoami tells an IPv6 client its address', limit, async (t) => {
	const petrel = await startPetrel(t, 'me.test {\n\twhoami\n}\n', { listen: ['[::1]:0'] });
	const reply = await askTcp(petrel, 'me.test', { type: 'AAAA' });
	assert.equal(reply.rcode, 'NOERROR');
	assert.ok(reply.octets.includes(Buffer.from([...new Array(15).fill(0), 1])), 'the address ::1');
});
