import { firstPlace } from '../forward/selection.ts';
import { type UpstreamStates, upstreamStride } from '../forward/upstream-state.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { Random } from '../util/random.ts';
import { Timer, type TimerWheel } from '../util/timer-wheel.ts';
import { flag, headerBytes, writeHeader, writeUint16 } from '../wire/header.ts';
import { rrClass, rrType } from '../wire/iana.ts';
import type { Ask, AskOwner, AskTable } from './asks.ts';
import type { Block } from './compile.ts';
import type { EngineIo } from './io.ts';

/** After the start, when probes are sent; then, while a loop stands, one every `recheckMs`. */
const probeTimesMs = [100, 2000, 10_000];
const recheckMs = 20_000;
/** How long the last sighting of a probe keeps a block from forwarding. */
const loopHoldMs = 60_000;

/**
 * `loop`: asks the upstreams of a block for a name that only this process knows. If a query for it comes in, what is
 * sent upstream comes back, and forwarding would multiply it. The block then answers SERVFAIL until no probe has come
 * back for a minute. One shard sends the probes, any may see them; the time of the last sighting stands in shared
 * memory, in seconds of the process's clock.
 */
export class LoopProbes {
	readonly #seen: Int32Array;
	readonly #names: readonly (Uint8Array | undefined)[];
	readonly #counters: Counters;
	readonly #io: EngineIo;

	constructor(
		memory: SharedArrayBuffer,
		blocks: readonly Block[],
		nonces: readonly string[],
		counters: Counters,
		io: EngineIo,
	) {
		this.#seen = new Int32Array(memory);
		this.#names = blocks.map((block) =>
			block.loop ? probeName(nonces[block.number], block.zones[0]) : undefined,
		);
		this.#counters = counters;
		this.#io = io;
	}

	name(block: Block): Uint8Array {
		return this.#names[block.number]!;
	}

	/** Whether a query is a probe of its block. */
	recognises(block: Block, qname: Uint8Array, qnameBytes: number, qtype: number): boolean {
		const name = this.#names[block.number];
		if (name === undefined || qtype !== rrType.HINFO || qnameBytes !== name.length) return false;
		for (let i = 0; i < qnameBytes; i++) if (qname[i] !== name[i]) return false;
		return true;
	}

	/** A probe of the block came in: there is a loop. */
	saw(block: Block, nowMs: number): void {
		if (!this.isLooped(block, nowMs)) {
			this.#counters.add(counter.loops_found);
			this.#io.log({ kind: 'loop-found', block: block.number });
		}
		Atomics.store(this.#seen, block.number, Math.max(1, Math.floor(nowMs / 1000)));
	}

	isLooped(block: Block, nowMs: number): boolean {
		const seenSec = Atomics.load(this.#seen, block.number);
		return seenSec !== 0 && nowMs - seenSec * 1000 < loopHoldMs;
	}
}

/** `<nonce>.<zone>`: 64 bits that no one else can know before the first probe is sent. */
function probeName(nonce: string, zone: Uint8Array): Uint8Array {
	const label = `petrel-loop-${nonce}`;
	return Uint8Array.of(label.length, ...Buffer.from(label), ...zone);
}

export interface LoopProberParts {
	readonly asks: AskTable;
	readonly states: UpstreamStates;
	readonly wheel: TimerWheel;
	readonly random: Random;
	readonly counters: Counters;
}

/** Sends the probes of one block. */
export class LoopProber extends Timer implements AskOwner<undefined> {
	readonly #probes: LoopProbes;
	readonly #block: Block;
	readonly #parts: LoopProberParts;
	#sent = 0;
	#ask: Ask<undefined> | undefined;
	readonly #startMs: number;

	constructor(probes: LoopProbes, block: Block, parts: LoopProberParts, nowMs: number) {
		super();
		this.#probes = probes;
		this.#block = block;
		this.#parts = parts;
		this.#startMs = nowMs;
		parts.wheel.set(this, nowMs + probeTimesMs[0], nowMs);
	}

	due(nowMs: number): void {
		if (this.#ask) this.#parts.asks.settle(this.#ask);
		this.#ask = undefined;
		const first = this.#sent < probeTimesMs.length;
		if (!first && !this.#probes.isLooped(this.#block, nowMs)) return;
		this.#send();
		this.#sent++;
		const nextMs =
			this.#sent < probeTimesMs.length ? this.#startMs + probeTimesMs[this.#sent] : nowMs + recheckMs;
		this.#parts.wheel.set(this, nextMs, nowMs);
	}

	#send(): void {
		const { asks, states, random, counters } = this.#parts;
		const forward = this.#block.forwards[0];
		if (forward === undefined || forward.count === 0) return;
		const name = this.#probes.name(this.#block);
		const query = new Uint8Array(headerBytes + name.length + 4);
		writeHeader(query, 0, 0, flag.rd, 1, 0, 0, 0);
		query.set(name, headerBytes);
		writeUint16(query, headerBytes + name.length, rrType.HINFO);
		writeUint16(query, headerBytes + name.length + 2, rrClass.IN);
		const upstream = forward.number * upstreamStride + firstPlace(forward, states, random);
		counters.add(counter.loop_probes);
		this.#ask = asks.send(this, undefined, upstream, forward.options.forceTcp, true, query, query.length);
	}

	onReply(ask: Ask<undefined>): void {
		this.#parts.asks.settle(ask);
		this.#ask = undefined;
	}

	onLost(): void {
		this.#ask = undefined;
	}
}
