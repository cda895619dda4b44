import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { bindError } from './bind-error.ts';

/**
 * Makes sure that nobody else serves on an address. Shards bind with SO_REUSEPORT, and with that option two
 * programs of the same user can bind one port and each gets a part of the queries; without it a port that
 * anybody holds cannot be bound. So this binds once without it, UDP and TCP, and closes again.
 *
 * Rejects with `PETREL_BIND`. Port 0 is always free.
 */
export async function probePortFree(address: string, port: number): Promise<void> {
	if (port === 0) return;
	await probeUdp(address, port);
	await probeTcp(address, port);
}

function probeUdp(address: string, port: number): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const ipv6 = isIPv6(address);
	const socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6 });
	socket.once('error', (error) => {
		socket.close();
		reject(bindError('UDP', address, port, error));
	});
	socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve()));
	return promise;
}

function probeTcp(address: string, port: number): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const server = createServer((connection) => connection.destroy());
	server.once('error', (error) => reject(bindError('TCP', address, port, error)));
	server.listen({ host: address, port, ipv6Only: isIPv6(address), exclusive: true }, () =>
		server.close(() => resolve()),
	);
	return promise;
}
