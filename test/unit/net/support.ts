/**
 * What the tests of the transports share: counters that remember, clients, and waiting for things to
 * happen.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { framed, MessageFraming } from '../../../src/net/tcp-framing.ts';
import type { TransportCounters, TransportEvent } from '../../../src/net/transport-counters.ts';

export class RecordedCounters implements TransportCounters {
	readonly #counts = new Map<TransportEvent, number>();

	add(event: TransportEvent, by = 1): void {
		this.#counts.set(event, this.count(event) + by);
	}

	count(event: TransportEvent): number {
		return this.#counts.get(event) ?? 0;
	}
}

/**
 * So often a condition is looked at, every 2 ms at best, before waiting for it is a failure: 10 s or more.
 */
const maxLooks = 5000;

/** Resolves when the condition holds; rejects when it clearly never will. */
export async function until(condition: () => boolean): Promise<void> {
	for (let looks = 0; !condition(); looks++) {
		if (looks === maxLooks) throw new Error(`waited in vain until ${condition}`);
		await sleep(2);
	}
}

export function octetsOf(text: string): Uint8Array {
	return Buffer.from(text);
}

export function textOf(octets: Uint8Array, start = 0, length = octets.length - start): string {
	return Buffer.from(octets.subarray(start, start + length)).toString();
}

/** A UDP client with a socket of its own that keeps what it receives. */
export class UdpClient {
	readonly received: Buffer[] = [];
	readonly socket: UdpSocket;

	constructor(address: string) {
		this.socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		this.socket.on('message', (datagram: Buffer) => this.received.push(datagram));
	}

	static async connect(address: string, port: number): Promise<UdpClient> {
		const client = new UdpClient(address);
		client.socket.connect(port, address);
		await once(client.socket, 'connect');
		client.socket.setRecvBufferSize(4 * 1024 * 1024);
		return client;
	}

	send(octets: Uint8Array | string): void {
		this.socket.send(octets);
	}

	texts(): string[] {
		return this.received.map((datagram) => datagram.toString());
	}

	close(): void {
		this.socket.close();
	}
}

/** A TCP client that keeps the messages it receives. */
export class TcpClient {
	readonly received: Buffer[] = [];
	readonly socket: TcpSocket;
	ended = false;
	closed = false;
	readonly #framing = new MessageFraming();

	constructor(address: string, port: number) {
		this.socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
		this.socket.on('data', (chunk: Buffer) => {
			const framing = this.#framing;
			framing.push(chunk);
			while (framing.next()) {
				this.received.push(
					Buffer.from(framing.octets.subarray(framing.start, framing.start + framing.length)),
				);
			}
		});
		this.socket.on('end', () => {
			this.ended = true;
		});
		this.socket.on('error', () => {});
		this.socket.on('close', () => {
			this.closed = true;
		});
	}

	static async connect(address: string, port: number): Promise<TcpClient> {
		const client = new TcpClient(address, port);
		await once(client.socket, 'connect');
		return client;
	}

	send(...messages: (Uint8Array | string)[]): void {
		this.socket.write(Buffer.concat(messages.map((message) => frame(message))));
	}

	texts(): string[] {
		return this.received.map((message) => message.toString());
	}

	/** Whether the other side has ended or reset the connection. */
	get gone(): boolean {
		return this.ended || this.closed;
	}

	close(): void {
		this.socket.destroy();
	}
}

export function frame(message: Uint8Array | string): Uint8Array {
	const octets = typeof message === 'string' ? octetsOf(message) : message;
	return framed(octets, 0, octets.length);
}

export interface Received {
	readonly text: string;
	readonly sender: RemoteInfo;
}
