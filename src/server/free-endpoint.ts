import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { bindError } from '../net/bind-error.ts';
import { probePortFree } from '../net/port-probe.ts';
import type { PlannedEndpoint } from './listen-plan.ts';

/**
 * Makes sure that an endpoint can be bound. Port 0 becomes a port that is free, since all shards must bind the same one.
 * An address that somebody else serves on is an error now: with SO_REUSEPORT both could bind it. Rejects with
 * `PETREL_BIND`.
 */
export async function settleEndpoint(endpoint: PlannedEndpoint): Promise<PlannedEndpoint> {
	if (endpoint.port === 0) return { ...endpoint, port: await pickFreePort(endpoint.address) };
	await probePortFree(endpoint.address, endpoint.port);
	return endpoint;
}

/** Whether binding failed because the machine does not have the address, or its family (now). */
export function isNoSuchAddress(thrown: unknown): boolean {
	return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(causeCode(thrown));
}

export function isInUse(thrown: unknown): boolean {
	return causeCode(thrown) === 'EADDRINUSE';
}

function causeCode(thrown: unknown): string {
	const cause = thrown instanceof Error ? (thrown.cause as NodeJS.ErrnoException | undefined) : undefined;
	return cause?.code ?? '';
}

const freePortTries = 20;

/** A port that is free for UDP and TCP. */
async function pickFreePort(address: string): Promise<number> {
	for (let tries = 1; ; tries++) {
		const port = await freeUdpPort(address);
		try {
			await probePortFree(address, port);
			return port;
		} catch (thrown) {
			if (tries === freePortTries || isNoSuchAddress(thrown)) throw thrown;
		}
	}
}

function freeUdpPort(address: string): Promise<number> {
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	const ipv6 = isIPv6(address);
	const socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6 });
	socket.once('error', (error) => {
		socket.close();
		reject(bindError('UDP', address, 0, error));
	});
	socket.bind({ address, port: 0, exclusive: true }, () => {
		const { port } = socket.address();
		socket.close(() => resolve(port));
	});
	return promise;
}
