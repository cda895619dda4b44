/** A shard whose engine and sockets only write down what happens to them. */
import assert from 'node:assert/strict';
import type { EngineIo, QuerySource } from '../../../src/engine/io.ts';
import type {
	OnTcpMessage,
	TcpLimits,
	TcpListener,
	UdpListener,
	UdpTransport,
	UpstreamEvents,
	UpstreamSockets,
} from '../../../src/net/transport.ts';
import { createMailboxes } from '../../../src/server/doorbells.ts';
import type { ShardEngine } from '../../../src/server/generation.ts';
import { Shard } from '../../../src/server/shard.ts';
import type { Endpoint, GenerationTask, ShardReport } from '../../../src/server/shard-messages.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { VirtualClock } from '../../../src/util/clock.ts';

const slotBytes = 16;
export const endpoint: Endpoint = { number: 1, address: '127.0.0.1', port: 53, blocks: [0, 2], keyPort: 53 };
export const udpNumber = 2;
export const tcpNumber = 3;

/** What the fake engine does with a query, by its first octet. */
export const answerAtOnce = 1;
export const keep = 2;
export const drop = 3;
export const fail = 4;

class FakeUdp {
	readonly address = '127.0.0.1';
	readonly port = 53;
	readonly receiveBufferBytes = 1000;
	readonly rx = { octets: new Uint8Array(4 * slotBytes), slotBytes, slots: 4, length: new Uint16Array(4) };
	readonly tx = { octets: new Uint8Array(4 * slotBytes), slotBytes, slots: 4, length: new Uint16Array(4) };
	readonly log: string[] = [];
	#onBatch: (count: number) => void = () => {};

	start(onBatch: (count: number) => void): void {
		this.#onBatch = onBatch;
	}
	receive(...first: number[]): number[] {
		for (const [slot, octet] of first.entries()) {
			this.rx.octets[slot * slotBytes] = octet;
			this.rx.length[slot] = 1;
		}
		this.#onBatch(first.length);
		return first.map((_, slot) => (this.tx.length[slot] > 0 ? this.tx.octets[slot * slotBytes] : 0));
	}
	sender(): never {
		return { address: '192.0.2.1', port: 9, family: 4 } as never;
	}
	retain(slot: number): number {
		this.log.push(`retain ${slot}`);
		return 100 + slot;
	}
	client = this.sender;
	reply(ref: number): void {
		this.log.push(`reply ${ref}`);
	}
	release(ref: number): void {
		this.log.push(`release ${ref}`);
	}
	async close(): Promise<void> {
		this.log.push('close');
	}
}

class FakeTransport implements UdpTransport {
	readonly name = 'dgram';
	readonly times: Float64Array;
	readonly #udp: FakeUdp;
	readonly #clock: Clock;
	readonly #log: string[];

	constructor(udp: FakeUdp, clock: Clock, log: string[], times: Float64Array) {
		this.times = times;
		this.#udp = udp;
		this.#clock = clock;
		this.#log = log;
	}
	async openListener(): Promise<UdpListener> {
		return this.#udp as unknown as UdpListener;
	}
	openConnected(): undefined {}
	openAlarm() {
		return { set() {}, clear() {}, close() {} };
	}
	fetchCounts(): void {}
	markBegin(): void {
		this.times[0] = this.#clock.nowMs();
	}
	markEnd(): void {
		this.times[1] = this.#clock.nowMs();
	}
	flush(): void {}
	close(): void {
		this.#log.push('transport close');
	}
}

class FakeTcp {
	readonly address = '127.0.0.1';
	readonly port = 53;
	readonly log: string[] = [];
	receive: (first: number, client: number) => void = () => {};
	setLimits(): void {}

	start(onMessage: OnTcpMessage): void {
		this.receive = (first, client) => onMessage(Uint8Array.of(first), 0, 1, client);
	}
	client(): never {
		return { address: '192.0.2.1', port: 9, family: 4 } as never;
	}
	reply(ref: number, octets: Uint8Array, start: number, length: number): void {
		this.log.push(`reply ${ref}: ${octets.subarray(start, start + length).join()}`);
	}
	release(ref: number): void {
		this.log.push(`release ${ref}`);
	}
	async close(graceMs: number): Promise<void> {
		this.log.push(`close ${graceMs}`);
	}
}

class FakeEngine implements ShardEngine {
	readonly log: string[] = [];
	readonly io: EngineIo;
	pendingCount = 0;
	deadlineMs = Number.POSITIVE_INFINITY;
	#nowMs = 0;
	/** The time of the last turn that was ended. */
	endedMs = 0;

	readonly #times: Float64Array;

	constructor(io: EngineIo, times: Float64Array) {
		this.io = io;
		this.#times = times;
	}
	flushLarge(): number {
		this.log.push('flush');
		return 0;
	}
	beginTurn(): void {
		this.#nowMs = this.#times[0];
	}
	endTurn(): void {
		this.endedMs = this.#times[1];
	}
	onQuery(
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		const what = octets[start];
		this.log.push(
			`query ${what} length ${length} at ${source.listener}/${source.sender} max ${replyMax} now ${this.#nowMs}`,
		);
		if (what === fail) throw new Error('a fault');
		if (what === keep && this.io.retain(source) > 0) this.pendingCount++;
		if (what !== answerAtOnce) return 0;
		reply[replyStart] = 50;
		return 1;
	}
	onUpstreamMessage(socket: number, _octets: Uint8Array, _start: number, length: number): void {
		this.log.push(`upstream ${socket} length ${length} now ${this.#nowMs}`);
	}
	onUpstreamGone(socket: number, cause: string): void {
		this.log.push(`gone ${socket} ${cause} now ${this.#nowMs}`);
	}
	onHandOver(octets: Uint8Array): void {
		this.log.push(`handed ${octets.join()} now ${this.#nowMs}`);
	}
	advance(): void {
		this.log.push(`advance now ${this.#nowMs}`);
		this.deadlineMs = Number.POSITIVE_INFINITY;
	}
	nextDeadlineMs(): number {
		return this.deadlineMs;
	}
	setUpstreamCount(forward: number, count: number): void {
		this.log.push(`forward ${forward} has ${count}`);
	}
	setHosts(): void {}
	addListener(listener: number, zones: { blocks: readonly number[] }): void {
		this.log.push(`listener ${listener} blocks ${zones.blocks.join()}`);
	}
}

export function taskOf(generation: number, endpoints: readonly Endpoint[]): GenerationTask {
	return { generation, endpoints, upstreams: [], cacheIds: [] } as Partial<GenerationTask> as GenerationTask;
}

interface Bench {
	shard: Shard;
	/** Of the first configuration. */
	engine: FakeEngine;
	/** By configuration. */
	engines: readonly FakeEngine[];
	udp: FakeUdp;
	tcp: FakeTcp;
	events: UpstreamEvents;
	upstreamLog: string[];
	reports: ShardReport[];
	clockReads(): number;
	/** Names of counters, once for each time they were raised. */
	readonly counted: string[];
}

export async function bench(clock: Clock = new VirtualClock(1000)): Promise<Bench> {
	const udp = new FakeUdp();
	const tcp = new FakeTcp();
	const upstreamLog: string[] = [];
	const reports: ShardReport[] = [];
	const times = new Float64Array(2);
	const engines: FakeEngine[] = [];
	let events: UpstreamEvents | undefined;
	let reads = 0;
	const upstreams = {
		setUpstream: (number: number, address: string, port: number, limits: object) =>
			upstreamLog.push(`${number} is ${address} ${port} ${JSON.stringify(limits)}`),
		askUdp: (upstream: number) => upstreamLog.push(`ask ${upstream}`),
		flush: () => {},
		settle: (socket: number) => upstreamLog.push(`settle ${socket}`),
		close: async () => void upstreamLog.push('close'),
	};
	const counted: string[] = [];
	const countedClock: Clock = {
		nowMs() {
			reads++;
			return clock.nowMs();
		},
	};
	const shard = new Shard(
		{
			shard: 0,
			clock: countedClock,
			mailboxes: createMailboxes(2),
			createEngine: (_, io) => engines[engines.push(new FakeEngine(io, times)) - 1],
			transport: new FakeTransport(udp, countedClock, upstreamLog, times),
			onUdpError: () => {},
			openTcp: async () => tcp as unknown as TcpListener,
			openUpstreams: (given) => {
				events ??= given;
				return upstreams as unknown as UpstreamSockets;
			},
			limitsOf: (_, forward) => ({ expireMs: forward * 1000, maxIdleConns: 0, maxAgeMs: 0 }),
			tcpLimitsOf: () => ({}) as TcpLimits,
			report: (report) => reports.push(report),
			count: (event) => counted.push(event),
		},
		taskOf(0, []),
	);
	await shard.listen(endpoint);
	const [engine] = engines;
	assert.ok(engine && events);
	engine.log.length = 0;
	return { shard, engine, engines, udp, tcp, events, upstreamLog, reports, counted, clockReads: () => reads };
}
