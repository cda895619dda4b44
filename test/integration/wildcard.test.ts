/** Goal: whoever asks a server that listens on all addresses is answered from the address that was asked, by both transports. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { startPetrel } from '../support/integration/petrel.ts';
import { transportInUse } from '../support/transport.ts';

const limit = { timeout: 20_000 };
const upstream = await startScriptedUpstream({ after });

test('a miss and a hit, by UDP and TCP, at every address that it names', limit, async (t) => {
	const petrel = await startPetrel(t, `. {\n\tcache\n\tforward . ${upstream.target}\n}\n`, {
		listen: ['0.0.0.0:0'],
	});
	if (transportInUse === 'native')
		assert.deepEqual(
			petrel.servers.map(({ address }) => address),
			['0.0.0.0'],
		);
	// node:dgram has a socket at each address of the machine; the native transport one for all, those of the loopback too.
	const addresses = transportInUse === 'native' ? ['127.0.0.1', '127.0.0.2', '127.9.9.9'] : ['127.0.0.1'];
	const ports = new Map(petrel.servers.map(({ address, port }) => [address, port]));
	for (const address of addresses) {
		const server = { address, port: ports.get(address) ?? petrel.port };
		for (const name of [`first.${address}.example`, `first.${address}.example`]) {
			assert.equal((await askUdp(server, name)).rcode, 'NOERROR');
			assert.equal((await askTcp(server, name)).rcode, 'NOERROR');
		}
	}
});
