import type { ListenerZones } from '../engine/compile.ts';
import type { EngineIo, QuerySource } from '../engine/io.ts';
import { overTcp, overUdp } from '../engine/io.ts';
import type {
	TcpListener,
	UdpListener,
	UdpTransport,
	UpstreamEvents,
	UpstreamSockets,
} from '../net/transport.ts';
import type { Clock } from '../util/clock.ts';
import { Alarm } from './alarm.ts';
import { Doorbells } from './doorbells.ts';
import { EventGate } from './event-gate.ts';
import { ShardIo, tcpListenerNumber, udpListenerNumber } from './shard-io.ts';
import type { Doorbell, Endpoint, ForwardUpstreams, ShardReport } from './shard-messages.ts';
import { upstreamsPerForward } from './shard-messages.ts';

/** A DNS message over TCP is no longer than its length field can say (RFC 1035 §4.2.2). */
const tcpMessageMax = 0xffff;

/** How often a shard that stops looks whether anybody still waits. */
const drainLookMs = 20;
const tcpCloseGraceMs = 200;

/** The engine as a shard sees it (`Engine` in src/engine/engine.ts). */
export interface ShardEngine {
	beginTurn(): void;
	endTurn(): void;
	onQuery(
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number;
	onUpstreamMessage(socket: number, octets: Uint8Array, start: number, length: number): void;
	onUpstreamGone(socket: number, cause: string): void;
	onHandOver(octets: Uint8Array): void;
	advance(): void;
	nextDeadlineMs(): number;
	setUpstreamCount(forward: number, count: number): void;
	addListener(listener: number, zones: ListenerZones): void;
	readonly pendingCount: number;
}

/** What a shard is built from; tests give it other sockets and another engine. */
export interface ShardParts {
	readonly shard: number;
	readonly clock: Clock;
	readonly mailboxes: SharedArrayBuffer;
	createEngine(io: EngineIo): ShardEngine;
	readonly transport: UdpTransport;
	onUdpError(endpoint: Endpoint, error: Error): void;
	openTcp(endpoint: Endpoint): Promise<TcpListener>;
	openUpstreams(events: UpstreamEvents): UpstreamSockets;
	limitsOf(forward: number): { readonly expireMs: number; readonly maxIdleConns: number };
	report(report: ShardReport): void;
	count(event: 'handovers_dropped' | 'faults'): void;
}

/**
 * One worker's share of the server: its sockets, one engine, and the loop between them. Everything that enters the
 * engine enters here in turns: a batch of datagrams, a chunk of a TCP connection, a timer. A turn has one time, which it
 * gets with its batch, and what it sends leaves at its end. Here, too, a fault is stopped: it costs the message that
 * caused it, is reported, and the shard goes on.
 */
export class Shard {
	readonly #parts: ShardParts;
	readonly #io: ShardIo;
	readonly #engine: ShardEngine;
	readonly #doorbells: Doorbells;
	readonly #transport: UdpTransport;
	readonly #upstreams: UpstreamSockets;
	readonly #alarm: Alarm;
	readonly #gate: EventGate;
	readonly #tcpReply = new Uint8Array(tcpMessageMax);

	constructor(parts: ShardParts) {
		this.#parts = parts;
		this.#transport = parts.transport;
		this.#gate = new EventGate(parts.clock, (count) => parts.report({ kind: 'suppressed', count }));
		this.#doorbells = new Doorbells(
			parts.shard,
			parts.mailboxes,
			(octets) => this.#onHandOver(octets),
			() => parts.count('handovers_dropped'),
		);
		this.#upstreams = parts.openUpstreams({
			begin: () => this.#begin(),
			end: () => this.#end(),
			onMessage: (socket, octets, start, length) => this.#onUpstreamMessage(socket, octets, start, length),
			onGone: (socket, cause) => this.#onUpstreamGone(socket, cause),
		});
		this.#io = new ShardIo(this.#upstreams, this.#doorbells, (event) => {
			if (this.#gate.pass()) parts.report({ kind: 'event', event });
		});
		this.#engine = parts.createEngine(this.#io);
		this.#alarm = new Alarm(parts.clock, () => {
			this.#begin();
			this.#guarded(() => this.#engine.advance());
			this.#flush();
			return this.#engine.nextDeadlineMs();
		});
	}

	connect(doorbell: Doorbell): void {
		this.#doorbells.connect(doorbell.shard, doorbell.port);
	}

	setUpstreams({ forward, upstreams }: ForwardUpstreams): void {
		const limits = this.#parts.limitsOf(forward);
		for (const [i, { address, port }] of upstreams.entries()) {
			this.#upstreams.setUpstream(forward * upstreamsPerForward + i, address, port, limits);
		}
		this.#engine.setUpstreamCount(forward, upstreams.length);
	}

	/** Binds both sockets of an endpoint and starts reading. Returns the kernel's UDP receive buffer in octets. */
	async listen(endpoint: Endpoint): Promise<number> {
		const udp = await this.#transport.openListener({
			address: endpoint.address,
			port: endpoint.port,
			reusePort: true,
			onError: (error) => this.#parts.onUdpError(endpoint, error),
		});
		let tcp: TcpListener;
		try {
			tcp = await this.#parts.openTcp(endpoint);
		} catch (thrown) {
			await udp.close();
			throw thrown;
		}
		const udpNumber = udpListenerNumber(endpoint.number);
		const tcpNumber = tcpListenerNumber(endpoint.number);
		const { blocks, keyPort } = endpoint;
		const zones: ListenerZones = { blocks, keyPort };
		this.#engine.addListener(udpNumber, zones);
		this.#engine.addListener(tcpNumber, zones);
		this.#io.udp[udpNumber] = udp;
		this.#io.tcp[tcpNumber] = tcp;
		this.#readUdp(udp, udpNumber);
		this.#readTcp(tcp, tcpNumber);
		return udp.receiveBufferBytes;
	}

	/** Closes an endpoint's sockets; who waits for an answer there gets none. */
	async unlisten(endpoint: number): Promise<void> {
		const udp = this.#io.udp[udpListenerNumber(endpoint)];
		const tcp = this.#io.tcp[tcpListenerNumber(endpoint)];
		this.#io.udp[udpListenerNumber(endpoint)] = undefined;
		this.#io.tcp[tcpListenerNumber(endpoint)] = undefined;
		await Promise.all([udp?.close(), tcp?.close(0)]);
	}

	/**
	 * Waits until nobody waits here any more, at most `graceMs`. Cached answers are still given meanwhile, and what
	 * this shard asks for other shards' clients goes on; new misses are not taken on.
	 */
	async drain(graceMs: number): Promise<void> {
		this.#io.draining = true;
		const endMs = this.#parts.clock.nowMs() + graceMs;
		while (this.#engine.pendingCount > 0 && this.#parts.clock.nowMs() < endMs) {
			await new Promise((resolve) => setTimeout(resolve, drainLookMs));
		}
	}

	/** Closes everything; replies to TCP clients that are written already have a moment to leave. */
	async close(): Promise<void> {
		this.#io.draining = true;
		await Promise.all([
			...this.#io.udp.map((listener) => listener?.close()),
			...this.#io.tcp.map((listener) => listener?.close(tcpCloseGraceMs)),
		]);
		this.#alarm.stop();
		this.#gate.close();
		this.#doorbells.close();
		await this.#upstreams.close();
		this.#transport.close();
	}

	/** Every turn begins here ... */
	#begin(): void {
		this.#transport.markBegin();
		this.#engine.beginTurn();
	}

	/** ... and ends here. */
	#end(): void {
		this.#transport.markEnd();
		this.#engine.endTurn();
		const deadlineMs = this.#engine.nextDeadlineMs();
		if (this.#alarm.isLater(deadlineMs)) this.#alarm.arm(deadlineMs, this.#transport.times[1]);
		this.#flush();
	}

	#flush(): void {
		this.#upstreams.flush();
		this.#transport.flush();
	}

	#readUdp(listener: UdpListener, number: number): void {
		const source: QuerySource = { listener: number, transport: overUdp, sender: 0 };
		const { rx, tx } = listener;
		listener.start((count) => {
			this.#begin();
			for (let slot = 0; slot < count; slot++) {
				source.sender = slot;
				const start = slot * rx.slotBytes;
				tx.length[slot] = this.#answer(
					rx.octets,
					start,
					rx.length[slot],
					source,
					tx.octets,
					slot * tx.slotBytes,
					tx.slotBytes,
				);
			}
			this.#end();
		});
	}

	#readTcp(listener: TcpListener, number: number): void {
		const source: QuerySource = { listener: number, transport: overTcp, sender: 0 };
		const reply = this.#tcpReply;
		listener.start((octets, start, length, client) => {
			this.#begin();
			source.sender = client;
			this.#io.retained = false;
			const replyLength = this.#answer(octets, start, length, source, reply, 0, tcpMessageMax);
			if (replyLength > 0) listener.reply(client, reply, 0, replyLength);
			else if (!this.#io.retained) listener.release(client);
			this.#end();
		});
	}

	#answer(
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		try {
			return this.#engine.onQuery(octets, start, length, source, reply, replyStart, replyMax);
		} catch (thrown) {
			this.#reportFault(thrown);
			return 0;
		}
	}

	#onUpstreamMessage(socket: number, octets: Uint8Array, start: number, length: number): void {
		try {
			this.#engine.onUpstreamMessage(socket, octets, start, length);
		} catch (thrown) {
			this.#reportFault(thrown);
		}
	}

	#onUpstreamGone(socket: number, cause: string): void {
		this.#guarded(() => this.#engine.onUpstreamGone(socket, cause));
	}

	#onHandOver(octets: Uint8Array): void {
		this.#begin();
		this.#guarded(() => this.#engine.onHandOver(octets));
		this.#end();
	}

	#guarded(work: () => void): void {
		try {
			work();
		} catch (thrown) {
			this.#reportFault(thrown);
		}
	}

	#reportFault(thrown: unknown): void {
		this.#parts.count('faults');
		if (!this.#gate.pass()) return;
		const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
		this.#parts.report({ kind: 'fault', text });
	}
}
