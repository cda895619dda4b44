import type { FlushScope } from '../cache/flush-scope.ts';
import type { EngineEvent, QuerySource } from '../engine/io.ts';
import { overTcp, overUdp } from '../engine/io.ts';
import type { HostsFile } from '../engine/local/hosts.ts';
import type { TcpLimits, TcpListener, UdpListener } from '../net/transport.ts';
import { Doorbells } from './doorbells.ts';
import { EventGate } from './event-gate.ts';
import { Generation, type GenerationParts, retirementMs, type ShardEngine } from './generation.ts';
import { Listeners, tcpListenerNumber, udpListenerNumber } from './shard-io.ts';
import type { Doorbell, Endpoint, ForwardUpstreams, GenerationTask, ShardReport } from './shard-messages.ts';

/** A DNS message over TCP is no longer than its length field can say (RFC 1035 §4.2.2). */
const tcpMessageMax = 0xffff;

/** How often a shard that stops looks whether anybody still waits. */
const drainLookMs = 20;
const tcpCloseGraceMs = 200;

/** What a shard is built from; tests give it other sockets and another engine. */
export interface ShardParts extends Omit<GenerationParts, 'doorbells' | 'listeners' | 'onEvent' | 'onFault'> {
	readonly shard: number;
	readonly mailboxes: SharedArrayBuffer;
	onUdpError(endpoint: Endpoint, error: Error): void;
	openTcp(endpoint: Endpoint): Promise<TcpListener>;
	/** What a configuration says of the connections of an endpoint. */
	tcpLimitsOf(task: GenerationTask, endpoint: Endpoint): TcpLimits;
	report(report: ShardReport): void;
	count(event: 'handovers_dropped' | 'faults'): void;
}

/** Both sockets of an endpoint. */
interface Sockets {
	readonly udp: UdpListener;
	readonly tcp: TcpListener;
}

/**
 * One worker's share of the server: its sockets towards clients, an engine for the configuration of now, and the loop
 * between them. Everything that enters an engine enters it in turns: a batch of datagrams, a chunk of a TCP connection,
 * a timer. A turn has one time, which it gets with its batch, and what it sends leaves at its end. Here, too, a fault is
 * stopped: it costs the message that caused it, is reported, and the shard goes on.
 */
export class Shard {
	readonly #parts: ShardParts;
	readonly #listeners = new Listeners();
	readonly #doorbells: Doorbells;
	readonly #gate: EventGate;
	readonly #tcpReply = new Uint8Array(tcpMessageMax);
	readonly #generationParts: GenerationParts;
	#generation: Generation;
	/** Those before, until nobody waits in them. */
	readonly #retiring = new Map<Generation, NodeJS.Timeout>();
	/** By endpoint: who answers there. */
	readonly #servedBy: Generation[] = [];
	/** Bound for a configuration that is to come. */
	readonly #bound = new Map<number, Sockets>();

	constructor(parts: ShardParts, task: GenerationTask) {
		this.#parts = parts;
		this.#gate = new EventGate(parts.clock, (count) => parts.report({ kind: 'suppressed', count }));
		this.#doorbells = new Doorbells(
			parts.shard,
			parts.mailboxes,
			(octets) => this.#onHandOver(octets),
			() => parts.count('handovers_dropped'),
		);
		this.#generationParts = {
			...parts,
			doorbells: this.#doorbells,
			listeners: this.#listeners,
			onEvent: (generation, event) => this.#onEvent(generation, event),
			onFault: (thrown) => this.#reportFault(thrown),
		};
		this.#generation = new Generation(this.#generationParts, task);
	}

	connect(doorbell: Doorbell): void {
		this.#doorbells.connect(doorbell.shard, doorbell.port);
	}

	setUpstreams(forward: ForwardUpstreams): void {
		this.#generation.setUpstreams(forward);
	}

	setHosts(file: HostsFile): void {
		for (const { engine } of this.#generations()) engine.setHosts(file);
	}

	/** Forgets the large answers that a flush names; returns how many. */
	flushLarge(scope: FlushScope): number {
		return this.#generation.engine.flushLarge(scope);
	}

	/** Binds both sockets of an endpoint and starts reading. Returns the kernel's UDP receive buffer in octets. */
	async listen(endpoint: Endpoint): Promise<number> {
		const sockets = this.#bound.get(endpoint.number) ?? (await this.#open(endpoint));
		this.#bound.delete(endpoint.number);
		this.#listeners.udp[udpListenerNumber(endpoint.number)] = sockets.udp;
		this.#listeners.tcp[tcpListenerNumber(endpoint.number)] = sockets.tcp;
		this.#serve(endpoint, this.#generation);
		this.#readUdp(sockets.udp, endpoint.number);
		this.#readTcp(sockets.tcp, endpoint.number);
		return sockets.udp.receiveBufferBytes;
	}

	/** Binds what a configuration to come needs. Rejects when any cannot be had, and keeps none then. */
	async bind(endpoints: readonly Endpoint[]): Promise<void> {
		try {
			for (const endpoint of endpoints) this.#bound.set(endpoint.number, await this.#open(endpoint));
		} catch (thrown) {
			await this.unbind(endpoints.map(({ number }) => number));
			throw thrown;
		}
	}

	async unbind(endpoints: readonly number[]): Promise<void> {
		for (const number of endpoints) {
			const sockets = this.#bound.get(number);
			this.#bound.delete(number);
			await Promise.all([sockets?.udp.close(), sockets?.tcp.close(0)]);
		}
	}

	/**
	 * Serves by another configuration from now on, at the endpoints that it names; `bind` has bound those that are new.
	 * Clients that wait get their answers from the generation that they asked, and what is listened on no longer is
	 * closed when that one is.
	 */
	async adopt(task: GenerationTask): Promise<void> {
		const before = this.#generation;
		const next = new Generation(this.#generationParts, task);
		next.io.draining = before.io.draining;
		this.#generation = next;
		const kept = new Set(task.endpoints.map(({ number }) => number));
		const gone = [...this.#servedBy.keys()].filter((number) => this.#isOpen(number) && !kept.has(number));
		for (const endpoint of task.endpoints) {
			if (this.#isOpen(endpoint.number)) this.#serve(endpoint, next);
			else await this.listen(endpoint);
		}
		const timer = setTimeout(() => this.#retire(before, gone), retirementMs);
		this.#retiring.set(before, timer);
	}

	#isOpen(endpoint: number): boolean {
		return this.#listeners.udp[udpListenerNumber(endpoint)] !== undefined;
	}

	#serve(endpoint: Endpoint, generation: Generation): void {
		generation.serve(endpoint);
		const limits = this.#parts.tcpLimitsOf(generation.task, endpoint);
		this.#listeners.tcp[tcpListenerNumber(endpoint.number)]?.setLimits(limits);
		this.#servedBy[endpoint.number] = generation;
	}

	#retire(generation: Generation, endpoints: readonly number[]): void {
		this.#retiring.delete(generation);
		const work = [generation.close()];
		for (const number of endpoints) {
			if (this.#servedBy[number] === generation) work.push(this.unlisten(number));
		}
		Promise.all(work).catch((thrown) => this.#reportFault(thrown));
	}

	/** Closes an endpoint's sockets; who waits for an answer there gets none. */
	async unlisten(endpoint: number): Promise<void> {
		const { udp, tcp } = this.#listeners;
		const udpListener = udp[udpListenerNumber(endpoint)];
		const tcpListener = tcp[tcpListenerNumber(endpoint)];
		udp[udpListenerNumber(endpoint)] = undefined;
		tcp[tcpListenerNumber(endpoint)] = undefined;
		await Promise.all([udpListener?.close(), tcpListener?.close(0)]);
	}

	/**
	 * Waits until nobody waits here any more, at most `graceMs`. Cached answers are still given meanwhile, and what
	 * this shard asks for other shards' clients goes on; new misses are not taken on.
	 */
	async drain(graceMs: number): Promise<void> {
		for (const generation of this.#generations()) generation.io.draining = true;
		const endMs = this.#parts.clock.nowMs() + graceMs;
		while (this.#waiting() > 0 && this.#parts.clock.nowMs() < endMs) {
			await new Promise((resolve) => setTimeout(resolve, drainLookMs));
		}
	}

	/** Closes everything; replies to TCP clients that are written already have a moment to leave. */
	async close(): Promise<void> {
		const generations = this.#generations();
		for (const generation of generations) generation.io.draining = true;
		for (const timer of this.#retiring.values()) clearTimeout(timer);
		await Promise.all([
			...this.#listeners.udp.map((listener) => listener?.close()),
			...this.#listeners.tcp.map((listener) => listener?.close(tcpCloseGraceMs)),
			this.unbind([...this.#bound.keys()]),
		]);
		this.#gate.close();
		this.#doorbells.close();
		await Promise.all(generations.map((generation) => generation.close()));
		this.#parts.transport.close();
	}

	#generations(): Generation[] {
		return [this.#generation, ...this.#retiring.keys()];
	}

	#waiting(): number {
		return this.#generations().reduce((sum, { engine }) => sum + engine.pendingCount, 0);
	}

	async #open(endpoint: Endpoint): Promise<Sockets> {
		const udp = await this.#parts.transport.openListener({
			address: endpoint.address,
			port: endpoint.port,
			reusePort: true,
			onError: (error) => this.#parts.onUdpError(endpoint, error),
		});
		try {
			return { udp, tcp: await this.#parts.openTcp(endpoint) };
		} catch (thrown) {
			await udp.close();
			throw thrown;
		}
	}

	#readUdp(listener: UdpListener, endpoint: number): void {
		const source: QuerySource = { listener: udpListenerNumber(endpoint), transport: overUdp, sender: 0 };
		const { rx, tx } = listener;
		listener.start((count) => {
			const generation = this.#servedBy[endpoint];
			const { engine } = generation;
			generation.begin();
			for (let slot = 0; slot < count; slot++) {
				source.sender = slot;
				const start = slot * rx.slotBytes;
				tx.length[slot] = this.#answer(
					engine,
					rx.octets,
					start,
					rx.length[slot],
					source,
					tx.octets,
					slot * tx.slotBytes,
					tx.slotBytes,
				);
			}
			generation.end();
		});
	}

	#readTcp(listener: TcpListener, endpoint: number): void {
		const source: QuerySource = { listener: tcpListenerNumber(endpoint), transport: overTcp, sender: 0 };
		const reply = this.#tcpReply;
		listener.start((octets, start, length, client) => {
			const generation = this.#servedBy[endpoint];
			generation.begin();
			source.sender = client;
			generation.io.retained = false;
			const { engine, io } = generation;
			const replyLength = this.#answer(engine, octets, start, length, source, reply, 0, tcpMessageMax);
			if (replyLength > 0) listener.reply(client, reply, 0, replyLength);
			else if (!io.retained) listener.release(client);
			generation.end();
		});
	}

	#answer(
		engine: ShardEngine,
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		try {
			return engine.onQuery(octets, start, length, source, reply, replyStart, replyMax);
		} catch (thrown) {
			this.#reportFault(thrown);
			return 0;
		}
	}

	/** One of them waits for it; to the others it means nothing. */
	#onHandOver(octets: Uint8Array): void {
		this.#generation.onHandOver(octets);
		for (const generation of this.#retiring.keys()) generation.onHandOver(octets);
	}

	#onEvent(generation: number, event: EngineEvent): void {
		if (this.#gate.pass()) this.#parts.report({ kind: 'event', generation, event });
	}

	#reportFault(thrown: unknown): void {
		this.#parts.count('faults');
		if (!this.#gate.pass()) return;
		const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
		this.#parts.report({ kind: 'fault', text });
	}
}
