import type { Model } from '../../../src/config/model.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { EngineEvent, EngineIo, QuerySource } from '../../../src/engine/io.ts';
import { overTcp, overUdp } from '../../../src/engine/io.ts';
import type { SharedState } from '../../../src/engine/shared-state.ts';
import { seededRandom } from '../../../src/util/random.ts';
import type { Exchange } from './exchange.ts';

/** What a shard's engine does to the world around it. */
export interface ShardWorld {
	/** An upstream query leaves. Returns its socket, 0 if it cannot be sent. */
	ask(shard: number, upstream: number, transport: 'udp' | 'tcp', octets: Uint8Array): number;
	settled(socket: number): void;
	handOver(from: number, to: number, octets: Uint8Array): void;
	answered(exchange: Exchange, octets: Uint8Array): void;
	event(event: EngineEvent): void;
}

export interface ShardSetup {
	readonly shard: number;
	readonly model: Model;
	readonly shared: SharedState;
	readonly seed: number;
	readonly nowMs: number;
	/** Upstreams of each forward. */
	readonly upstreamCounts: readonly number[];
}

/** A UDP listener's slot: the 4 KiB that the engine must get for a reply, and a bit more. */
const udpReplyMax = 4608;
const tcpReplyMax = 0xffff;
/** Listeners by number: UDP and TCP for clients that come by IPv4, then the same for IPv6. */
function listenerOf({ transport, from }: Exchange): number {
	return (transport === 'tcp' ? 1 : 0) + (from.family === 6 ? 2 : 0);
}
/** Messages stand somewhere in a larger buffer, as in real ones, and other octets around them. */
const margin = 37;

/** One engine with its hands. Octets go in and out at odd offsets of larger buffers, as copies. */
export class ScenarioShard implements EngineIo {
	readonly socketReused = true;
	readonly number: number;
	readonly engine: Engine;
	readonly #world: ShardWorld;
	readonly #times: Float64Array;
	readonly #retained = new Map<number, Exchange>();
	readonly #reply = new Uint8Array(tcpReplyMax + 2 * margin);
	#current: Exchange | undefined;
	#nextClient = 1;

	constructor(setup: ShardSetup, world: ShardWorld) {
		const { shard, model, shared, nowMs } = setup;
		this.number = shard;
		this.#times = Float64Array.of(nowMs, nowMs);
		this.#world = world;
		const blocks = model.blocks.map((_, number) => number);
		this.engine = new Engine({
			model,
			shared,
			shard,
			io: this,
			random: seededRandom(setup.seed * 1000 + shard),
			listeners: [{ blocks }, { blocks }, { blocks, ipv6: true }, { blocks, ipv6: true }],
			times: this.#times,
		});
		for (const [forward, count] of setup.upstreamCounts.entries())
			this.engine.setUpstreamCount(forward, count);
	}

	get waitingCount(): number {
		return this.#retained.size;
	}

	query(exchange: Exchange, nowMs: number): void {
		const tcp = exchange.transport === 'tcp';
		const source: QuerySource = {
			listener: listenerOf(exchange),
			transport: tcp ? overTcp : overUdp,
			sender: tcp ? this.#keep(exchange) : 0,
		};
		this.#current = exchange;
		const octets = surrounded(exchange.query);
		const replyMax = tcp ? tcpReplyMax : udpReplyMax;
		this.#reply.fill(0xee);
		const { length } = exchange.query;
		this.#times[0] = nowMs;
		this.engine.beginTurn();
		const replyBytes = this.engine.onQuery(octets, margin, length, source, this.#reply, margin, replyMax);
		this.#times[1] = nowMs;
		this.engine.endTurn();
		this.#current = undefined;
		if (replyBytes > 0) {
			if (exchange.waits) throw new Error('the engine kept a client and answered it at once');
			this.#retained.delete(source.sender);
			this.#world.answered(exchange, this.#reply.slice(margin, margin + replyBytes));
		} else if (!exchange.waits) {
			this.#retained.delete(source.sender);
			exchange.dropped = true;
		}
	}

	upstreamMessage(socket: number, octets: Uint8Array, nowMs: number): void {
		this.#times[0] = nowMs;
		this.engine.beginTurn();
		this.engine.onUpstreamMessage(socket, surrounded(octets), margin, octets.length);
	}

	upstreamGone(socket: number, cause: string, nowMs: number): void {
		this.#times[0] = nowMs;
		this.engine.beginTurn();
		this.engine.onUpstreamGone(socket, cause);
	}

	/** Runs what is due. */
	advance(nowMs: number): void {
		this.#times[0] = nowMs;
		this.engine.beginTurn();
		this.engine.advance();
	}

	handedOver(octets: Uint8Array, nowMs: number): void {
		this.#times[0] = nowMs;
		this.engine.beginTurn();
		this.engine.onHandOver(surrounded(octets).subarray(margin, margin + octets.length));
	}

	retain(source: QuerySource): number {
		const exchange = this.#current!;
		exchange.waits = true;
		return source.transport === overTcp ? source.sender : this.#keep(exchange);
	}

	#keep(exchange: Exchange): number {
		const client = this.#nextClient++;
		this.#retained.set(client, exchange);
		return client;
	}

	#take(client: number): Exchange {
		const exchange = this.#retained.get(client);
		if (exchange === undefined) throw new Error(`the engine answers client ${client}, which does not wait`);
		this.#retained.delete(client);
		exchange.waits = false;
		return exchange;
	}

	reply(listener: number, client: number, octets: Uint8Array, start: number, length: number): void {
		const exchange = this.#take(client);
		if (listener !== listenerOf(exchange)) {
			throw new Error(`the answer leaves by listener ${listener}, not by the one that the query came to`);
		}
		this.#world.answered(exchange, octets.slice(start, start + length));
	}

	release(_listener: number, client: number): void {
		this.#take(client).dropped = true;
	}

	clientAddress() {
		return this.#current!.from;
	}

	askUdp(upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#world.ask(this.number, upstream, 'udp', octets.slice(start, start + length));
	}

	askTcp(upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#world.ask(this.number, upstream, 'tcp', octets.slice(start, start + length));
	}

	settle(socket: number): void {
		this.#world.settled(socket);
	}

	handOver(shard: number, octets: Uint8Array): void {
		this.#world.handOver(this.number, shard, octets.slice());
	}

	log(event: EngineEvent): void {
		this.#world.event(event);
	}
}

function surrounded(octets: Uint8Array): Uint8Array {
	const buffer = new Uint8Array(octets.length + 2 * margin).fill(0xee);
	buffer.set(octets, margin);
	return buffer;
}
