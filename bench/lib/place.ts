import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** An IPv4 address and a port: where a server is. */
export interface Place {
	readonly address: string;
	readonly port: number;
}

/** Below the ports that the kernel gives to sockets by itself, which servers under load take by the thousand. */
const firstPort = 20_000;
const portCount = 12_000;
const portTries = 100;

async function isFree(port: number): Promise<boolean> {
	const [udp, tcp] = [createSocket('udp4'), createServer()];
	try {
		udp.bind(port, '127.0.0.1');
		await once(udp, 'listening');
		tcp.listen(port, '127.0.0.1');
		await once(tcp, 'listening');
		return true;
	} catch {
		return false;
	} finally {
		udp.close();
		if (tcp.listening) tcp.close();
	}
}

/** A port of 127.0.0.1 that nobody has at the moment, for UDP and TCP. */
export async function freePort(): Promise<number> {
	for (let tries = 0; tries < portTries; tries++) {
		const port = firstPort + randomInt(portCount);
		if (await isFree(port)) return port;
	}
	throw new Error(`${portTries} ports were tried and none is free`);
}

const probe = Buffer.from(
	'00070100000100000000000005726561647907657861 6d706c650000010001'.replaceAll(' ', ''),
	'hex',
);

/** Whether a server answers `ready.example A` within the time. */
export async function answers({ address, port }: Place, limitMs: number): Promise<boolean> {
	const socket = createSocket('udp4');
	const timer = setTimeout(() => socket.emit('petrel-silence'), limitMs);
	try {
		// A refused port is told by an error of the connected socket; the server may not have bound it yet.
		const outcome = new Promise<boolean>((resolve) => {
			socket.on('message', (message) => resolve((message[3] & 0x0f) === 0 && message[7] > 0));
			socket.on('error', () => {});
			socket.on('petrel-silence', () => resolve(false));
		});
		socket.send(probe, port, address);
		return await outcome;
	} finally {
		clearTimeout(timer);
		socket.close();
	}
}
