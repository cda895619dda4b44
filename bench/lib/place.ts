import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** An IPv4 address and a port: where a server is. */
export interface Place {
	readonly address: string;
	readonly port: number;
}

/** A port of 127.0.0.1 that nobody has for UDP at the moment. */
export async function freePort(): Promise<number> {
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const { port } = socket.address();
	socket.close();
	return port;
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
