import { isIPv6 } from 'node:net';
import type { FlushScope } from '../cache/flush-scope.ts';
import type { ListenerZones } from '../engine/compile.ts';
import type { EngineEvent, EngineIo, QuerySource } from '../engine/io.ts';
import type { HostsFile } from '../engine/local/hosts.ts';
import type { UdpTransport, UpstreamEvents, UpstreamLimits, UpstreamSockets } from '../net/transport.ts';
import type { Clock } from '../util/clock.ts';
import { Alarm } from './alarm.ts';
import type { Doorbells } from './doorbells.ts';
import { type Listeners, ShardIo, tcpListenerNumber, udpListenerNumber } from './shard-io.ts';
import type { Endpoint, ForwardUpstreams, GenerationTask } from './shard-messages.ts';
import { upstreamsPerForward } from './shard-messages.ts';

/**
 * How long a configuration that is not in use any more is kept. Whoever waits in an engine has an answer before that: 4.5 s
 * after the question (open-questions.ts).
 */
export const retirementMs = 5000;

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
	setUpstreamCount(forward: number, count: number, rows?: readonly number[]): void;
	setHosts(file: HostsFile): void;
	flushLarge(scope: FlushScope): number;
	addListener(listener: number, zones: ListenerZones): void;
	readonly pendingCount: number;
}

export interface GenerationParts {
	readonly clock: Clock;
	readonly transport: UdpTransport;
	readonly doorbells: Doorbells;
	readonly listeners: Listeners;
	createEngine(task: GenerationTask, io: EngineIo): ShardEngine;
	openUpstreams(events: UpstreamEvents): UpstreamSockets;
	limitsOf(task: GenerationTask, forward: number): UpstreamLimits;
	onEvent(generation: number, event: EngineEvent): void;
	onFault(thrown: unknown): void;
}

/**
 * One configuration in one shard: an engine, its sockets towards upstreams and its timer. At a reload a shard gets a new
 * one, which takes over all queries at once; the old one stays until whoever waits in it has an answer. Sockets towards
 * clients are the shard's, and all its generations reply by them.
 */
export class Generation {
	readonly number: number;
	readonly task: GenerationTask;
	readonly engine: ShardEngine;
	readonly io: ShardIo;
	readonly #parts: GenerationParts;
	readonly #upstreams: UpstreamSockets;
	readonly #alarm: Alarm;

	constructor(parts: GenerationParts, task: GenerationTask) {
		this.#parts = parts;
		this.task = task;
		this.number = task.generation;
		this.#upstreams = parts.openUpstreams({
			begin: () => this.begin(),
			end: () => this.end(),
			onMessage: (socket, octets, start, length) => this.#onUpstreamMessage(socket, octets, start, length),
			onGone: (socket, cause) => this.#guarded(() => this.engine.onUpstreamGone(socket, cause)),
		});
		this.io = new ShardIo(parts.listeners, this.#upstreams, parts.doorbells, (event) =>
			parts.onEvent(this.number, event),
		);
		this.engine = parts.createEngine(task, this.io);
		this.#alarm = new Alarm(parts.clock, () => {
			this.begin();
			this.#guarded(() => this.engine.advance());
			parts.transport.markEnd();
			this.engine.endTurn();
			this.#flush();
			return this.engine.nextDeadlineMs();
		});
		for (const forward of task.upstreams) this.setUpstreams(forward);
	}

	setUpstreams({ forward, upstreams }: ForwardUpstreams): void {
		const limits = this.#parts.limitsOf(this.task, forward);
		for (const [i, { address, port }] of upstreams.entries()) {
			this.#upstreams.setUpstream(forward * upstreamsPerForward + i, address, port, limits);
		}
		const rows = upstreams.map(({ row }, i) => row ?? forward * upstreamsPerForward + i);
		this.engine.setUpstreamCount(forward, upstreams.length, rows);
	}

	/** From now on the engine answers what comes in at an endpoint. */
	serve({ number, address, blocks, keyPort, rows }: Endpoint): void {
		const zones = { blocks, keyPort, ipv6: isIPv6(address) };
		this.engine.addListener(udpListenerNumber(number), rows ? { ...zones, rows: rows.udp } : zones);
		this.engine.addListener(tcpListenerNumber(number), rows ? { ...zones, rows: rows.tcp } : zones);
	}

	/** Every turn begins here ... */
	begin(): void {
		this.#parts.transport.markBegin();
		this.engine.beginTurn();
	}

	/** ... and ends here. */
	end(): void {
		const { transport } = this.#parts;
		transport.markEnd();
		this.engine.endTurn();
		const deadlineMs = this.engine.nextDeadlineMs();
		if (this.#alarm.isLater(deadlineMs)) this.#alarm.arm(deadlineMs, transport.times[1]);
		this.#flush();
	}

	/** What another shard hands over, or another generation of this one. */
	onHandOver(octets: Uint8Array): void {
		this.begin();
		this.#guarded(() => this.engine.onHandOver(octets));
		this.end();
	}

	/** Ends its timer and its sockets towards upstreams; who still waits in it gets no answer. */
	async close(): Promise<void> {
		this.#alarm.stop();
		await this.#upstreams.close();
	}

	#flush(): void {
		this.#upstreams.flush();
		this.#parts.transport.flush();
	}

	#onUpstreamMessage(socket: number, octets: Uint8Array, start: number, length: number): void {
		try {
			this.engine.onUpstreamMessage(socket, octets, start, length);
		} catch (thrown) {
			this.#parts.onFault(thrown);
		}
	}

	#guarded(work: () => void): void {
		try {
			work();
		} catch (thrown) {
			this.#parts.onFault(thrown);
		}
	}
}
