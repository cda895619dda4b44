import { connect, type Socket } from 'node:net';
import { FrameWriter, MessageFraming } from '../../net/tcp-framing.ts';
import type { UdpTransport } from '../../net/transport.ts';
import type { Carrier, CarrierEvents, Handshakes } from './carrier.ts';

/** A connection that takes octets so much slower than they come takes no more queries. */
const maxUnwrittenBytes = 256 * 1024;
const connectTimeoutMs = 5000;

export interface TcpCarrierOptions {
	/** For its clock. */
	readonly transport: UdpTransport;
	readonly address: string;
	readonly port: number;
	/** Connections at once. */
	readonly connections: number;
	/** Queries on each, after which another takes its place; 0: no limit. */
	readonly queriesPerConnection: number;
	readonly events: CarrierEvents;
}

/**
 * Connections that carry any number of queries at once, each behind its length (RFC 7766 §6.2.1.1). They are opened when
 * they are first needed, and a query waits for the handshake: a client would, too. There are two channels a connection, so
 * that a full one can wait for its answers while its successor is at work.
 */
export class TcpCarrier implements Carrier {
	readonly channels: number;
	readonly handshakes: Handshakes = { failed: 0, tookUs: [] };
	readonly #options: TcpCarrierOptions;
	readonly #open: (Connection | undefined)[];
	readonly #written = new Set<Connection>();
	#next = 0;

	constructor(options: TcpCarrierOptions) {
		this.#options = options;
		this.channels = 2 * options.connections;
		this.#open = new Array(this.channels).fill(undefined);
	}

	choose(): number {
		const { connections } = this.#options;
		for (let tried = 0; tried < connections; tried++) {
			const place = this.#next;
			this.#next = place + 1 === connections ? 0 : place + 1;
			const channel = this.takes(2 * place) ? 2 * place : this.takes(2 * place + 1) ? 2 * place + 1 : -1;
			if (channel >= 0) return channel;
			const free = this.#open[2 * place] === undefined ? 2 * place : 2 * place + 1;
			if (this.#open[free] !== undefined || !this.#isFull(free ^ 1)) continue;
			this.#connect(free);
			return free;
		}
		return -1;
	}

	takes(channel: number): boolean {
		return this.#open[channel]?.takesMore ?? false;
	}

	send(channel: number, octets: Uint8Array, start: number, length: number): boolean {
		const connection = this.#open[channel];
		if (connection === undefined) return false;
		connection.send(octets, start, length);
		this.#written.add(connection);
		return true;
	}

	settle(channel: number): void {
		this.#open[channel]?.settle();
	}

	flush(): void {
		for (const connection of this.#written) connection.flush();
		this.#written.clear();
	}

	drops(): number {
		return 0;
	}

	async close(): Promise<void> {
		for (const connection of this.#open) connection?.close();
		await new Promise((resolve) => setImmediate(resolve));
	}

	/** Whether the other channel of a place is spent, or not there at all: then this one may open. */
	#isFull(channel: number): boolean {
		return this.#open[channel]?.full ?? true;
	}

	#connect(channel: number): void {
		const { transport, events } = this.#options;
		transport.markBegin();
		const sinceMs = transport.times[0];
		const connection = new Connection(this.#options, {
			onConnected: () => {
				transport.markEnd();
				this.handshakes.tookUs.push((transport.times[1] - sinceMs) * 1000);
			},
			onChunk: (framing) => {
				transport.markBegin();
				events.begin(transport.times[0]);
				while (!connection.closed && framing.next()) {
					events.onMessage(channel, framing.octets, framing.start, framing.length);
				}
				events.end();
			},
			onOver: (code, wasConnected) => {
				if (!wasConnected && code !== 'done') this.handshakes.failed++;
				this.#open[channel] = undefined;
				this.#written.delete(connection);
				if (code === 'done') return;
				transport.markBegin();
				events.onGone(channel, code, transport.times[0]);
			},
		});
		this.#open[channel] = connection;
	}
}

interface ConnectionEvents {
	onConnected(): void;
	onChunk(framing: MessageFraming): void;
	/** "done": it has carried all that it may, and all is answered. Called once. */
	onOver(code: string, wasConnected: boolean): void;
}

class Connection {
	closed = false;
	readonly #socket: Socket;
	readonly #framing = new MessageFraming();
	readonly #frames = new FrameWriter();
	readonly #events: ConnectionEvents;
	readonly #maxQueries: number;
	#connected = false;
	#sent = 0;
	#underWay = 0;

	constructor(options: TcpCarrierOptions, events: ConnectionEvents) {
		this.#events = events;
		this.#maxQueries = options.queriesPerConnection || Number.POSITIVE_INFINITY;
		const socket = connect({ host: options.address, port: options.port, noDelay: true });
		this.#socket = socket;
		socket.setTimeout(connectTimeoutMs, () => {
			if (!this.#connected) this.#over('ETIMEDOUT');
		});
		socket.on('connect', () => {
			this.#connected = true;
			socket.setTimeout(0);
			events.onConnected();
		});
		socket.on('data', (chunk: Buffer) => {
			this.#framing.push(chunk);
			events.onChunk(this.#framing);
		});
		socket.on('error', (error: NodeJS.ErrnoException) => this.#over(error.code ?? error.message));
		socket.on('end', () => this.#over('closed'));
		socket.on('close', () => this.#over('closed'));
	}

	get full(): boolean {
		return this.#sent >= this.#maxQueries;
	}

	get takesMore(): boolean {
		return !this.full && this.#socket.writableLength + this.#frames.bytes < maxUnwrittenBytes;
	}

	send(octets: Uint8Array, start: number, length: number): void {
		this.#frames.add(octets, start, length);
		this.#sent++;
		this.#underWay++;
	}

	settle(): void {
		this.#underWay--;
		// Not from inside the turn that is settling it: the carrier's tables are in use.
		if (this.full && this.#underWay === 0) setImmediate(() => this.#over('done'));
	}

	flush(): void {
		if (!this.closed && this.#frames.bytes > 0) this.#socket.write(this.#frames.take());
	}

	close(): void {
		this.closed = true;
		this.#socket.destroy();
	}

	#over(code: string): void {
		if (this.closed) return;
		this.close();
		this.#events.onOver(code, this.#connected);
	}
}
