/** DNS clients over real sockets, as simple as stub resolvers are. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';
import { type Ask, decodeReply, makeQuery, type Reply } from './message.ts';

export interface Server {
	readonly address: string;
	readonly port: number;
}

/** A stub resolver's own end: after this time it has given up. */
export const clientPatienceMs = 5000;

export class NoAnswer extends Error {}

interface Waiter {
	readonly resolve: (octets: Buffer) => void;
	readonly timer: NodeJS.Timeout;
}

/** Replies by their ID. What nobody waits for is kept in `unexpected`. */
class Inbox {
	readonly unexpected: Buffer[] = [];
	readonly #waiters = new Map<number, Waiter>();
	readonly #from: string;

	constructor(protocol: string, server: Server) {
		this.#from = `${protocol} ${server.address} port ${server.port}`;
	}

	wait(id: number, patienceMs: number): Promise<Buffer> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#waiters.delete(id);
				reject(new NoAnswer(`no answer from ${this.#from} to ID ${id} in the client's ${patienceMs} ms`));
			}, patienceMs);
			this.#waiters.set(id, { resolve, timer });
		});
	}

	put(octets: Buffer): void {
		const id = octets.length >= 2 ? octets.readUInt16BE(0) : -1;
		const waiter = this.#waiters.get(id);
		if (!waiter) {
			this.unexpected.push(octets);
			return;
		}
		this.#waiters.delete(id);
		clearTimeout(waiter.timer);
		waiter.resolve(octets);
	}

	clear(): void {
		for (const { timer } of this.#waiters.values()) clearTimeout(timer);
		this.#waiters.clear();
	}
}

/** A client with a UDP socket of its own: all its queries have one source port, so one worker gets them. */
export class UdpClient {
	readonly #socket: UdpSocket;
	readonly #inbox: Inbox;

	private constructor(socket: UdpSocket, server: Server) {
		this.#socket = socket;
		this.#inbox = new Inbox('UDP', server);
		socket.on('message', (octets: Buffer) => this.#inbox.put(octets));
		// A port that is closed (ICMP) shows as an answer that does not come.
		socket.on('error', () => {});
	}

	static async open(server: Server): Promise<UdpClient> {
		const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
		socket.connect(server.port, server.address);
		await once(socket, 'connect');
		// A client that a failed test leaves open must not keep its process.
		socket.unref();
		return new UdpClient(socket, server);
	}

	/** Datagrams that answered nothing that was waited for. */
	get unexpected(): readonly Buffer[] {
		return this.#inbox.unexpected;
	}

	send(octets: Uint8Array): void {
		this.#socket.send(octets);
	}

	exchange(octets: Buffer, patienceMs = clientPatienceMs): Promise<Buffer> {
		const reply = this.#inbox.wait(octets.readUInt16BE(0), patienceMs);
		this.send(octets);
		return reply;
	}

	async ask(name: string, ask: Ask = {}, patienceMs = clientPatienceMs): Promise<Reply> {
		return decodeReply(await this.exchange(makeQuery(name, ask), patienceMs));
	}

	close(): void {
		this.#inbox.clear();
		this.#socket.close();
	}
}

/** One TCP connection (RFC 1035 §4.2.2). */
export class TcpClient {
	readonly closed: Promise<void>;
	readonly #socket: TcpSocket;
	readonly #inbox: Inbox;
	/** IDs in the order in which their replies came. */
	readonly order: number[] = [];
	#pending: Buffer = Buffer.alloc(0);

	private constructor(socket: TcpSocket, server: Server) {
		this.#socket = socket;
		this.#inbox = new Inbox('TCP', server);
		this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
		socket.on('error', () => {});
		socket.on('data', (chunk: Buffer) => this.#onData(chunk));
	}

	static async open(server: Server): Promise<TcpClient> {
		const socket = connect({ host: server.address, port: server.port, noDelay: true });
		await once(socket, 'connect');
		socket.unref();
		return new TcpClient(socket, server);
	}

	get isOpen(): boolean {
		return !this.#socket.closed && this.#socket.writable;
	}

	/** Octets as they are, without a length before them. */
	write(octets: Uint8Array): void {
		if (this.isOpen) this.#socket.write(octets);
	}

	send(message: Uint8Array): void {
		this.write(framed(message));
	}

	exchange(message: Buffer, patienceMs = clientPatienceMs): Promise<Buffer> {
		const reply = this.#inbox.wait(message.readUInt16BE(0), patienceMs);
		this.send(message);
		return reply;
	}

	async ask(name: string, ask: Ask = {}, patienceMs = clientPatienceMs): Promise<Reply> {
		return decodeReply(await this.exchange(makeQuery(name, ask), patienceMs));
	}

	/** Many queries in one write. */
	pipeline(messages: readonly Buffer[]): Promise<Buffer[]> {
		const replies = messages.map((message) => this.#inbox.wait(message.readUInt16BE(0), clientPatienceMs));
		this.write(Buffer.concat(messages.map(framed)));
		return Promise.all(replies);
	}

	close(): void {
		this.#inbox.clear();
		this.#socket.destroy();
	}

	#onData(chunk: Buffer): void {
		this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
		while (this.#pending.length >= 2) {
			const end = 2 + this.#pending.readUInt16BE(0);
			if (this.#pending.length < end) return;
			const message = this.#pending.subarray(2, end);
			this.order.push(message.readUInt16BE(0));
			this.#inbox.put(Buffer.from(message));
			this.#pending = this.#pending.subarray(end);
		}
	}
}

export function framed(message: Uint8Array): Buffer {
	const length = Buffer.alloc(2);
	length.writeUInt16BE(message.length);
	return Buffer.concat([length, message]);
}

/** Asks once over UDP from a port of its own. */
export async function askUdp(server: Server, name: string, ask: Ask = {}): Promise<Reply> {
	const client = await UdpClient.open(server);
	try {
		return await client.ask(name, ask);
	} finally {
		client.close();
	}
}

/** Asks once over a TCP connection of its own. */
export async function askTcp(server: Server, name: string, ask: Ask = {}): Promise<Reply> {
	const client = await TcpClient.open(server);
	try {
		return await client.ask(name, ask);
	} finally {
		client.close();
	}
}

/** So many UDP clients: with 32 source ports the chance that the kernel gives all to one of two workers is 1 in 2^31. */
export function openUdpClients(server: Server, count = 32): Promise<UdpClient[]> {
	return Promise.all(Array.from({ length: count }, () => UdpClient.open(server)));
}
