/** Very many clients, each with an address of its own in 127.0.0.0/8. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Server } from './client.ts';
import { makeQuery } from './message.ts';

/** Sockets that are open at once. */
const atOnce = 250;

/** The client with number `i`, up to 128 × 256 × 200: 127.1.0.1 and up. */
function clientAddress(i: number): string {
	return `127.${1 + (i >> 15)}.${(i >> 7) & 0xff}.${1 + (i & 0x7f)}`;
}

async function openClient(server: Server, address: string): Promise<Socket> {
	const socket = createSocket('udp4');
	socket.bind(0, address);
	await once(socket, 'listening');
	socket.connect(server.port, server.address);
	await once(socket, 'connect');
	return socket;
}

async function ask(server: Server, i: number, zone: string): Promise<void> {
	const socket = await openClient(server, clientAddress(i));
	const query = makeQuery(`name-${i}.${zone}`);
	const answered = once(socket, 'message');
	socket.send(query);
	// A datagram that the kernel dropped is sent again, as a stub resolver does.
	const again = setInterval(() => socket.send(query), 1000);
	await answered;
	clearInterval(again);
	socket.close();
}

/** Clients `from` up to `from + count` each ask for a name of their own and wait for the answer. */
export async function askAsClients(
	server: Server,
	from: number,
	count: number,
	zone = 'test',
): Promise<void> {
	for (let first = from; first < from + count; first += atOnce) {
		const numbers = Array.from({ length: Math.min(atOnce, from + count - first) }, (_, i) => first + i);
		await Promise.all(numbers.map((i) => ask(server, i, zone)));
	}
}
