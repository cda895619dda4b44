import { type UpstreamStates, upstreamStride } from '../forward/upstream-state.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { UpstreamSeries } from '../metrics/hot/upstream-series.ts';
import { Timer, type TimerWheel } from '../util/timer-wheel.ts';
import { at, flag, headerBytes, readUint16, writeHeader, writeUint16 } from '../wire/header.ts';
import { rrClass, rrType } from '../wire/iana.ts';
import { nameToWire } from '../wire/presentation.ts';
import type { Ask, AskOwner, AskTable } from './asks.ts';
import type { Forward } from './compile.ts';
import type { EngineIo } from './io.ts';
import { maxQueryBytes } from './upstream-query.ts';

/** How long a probe waits for its answer. */
const probeTimeoutMs = 1000;
/** Probes of one upstream under way at once. */
const maxProbes = 2;

/**
 * Finds out when an upstream that failed is back. The first failure starts a probe (`health_check` gives its question
 * and pace); any DNS answer ends it. One shard probes for all: what is found stands in shared memory.
 */
export class HealthProbes {
	readonly io: EngineIo;
	readonly asks: AskTable;
	readonly states: UpstreamStates;
	readonly wheel: TimerWheel;
	readonly counters: Counters;
	readonly series: UpstreamSeries;

	constructor(
		io: EngineIo,
		asks: AskTable,
		states: UpstreamStates,
		wheel: TimerWheel,
		counters: Counters,
		series: UpstreamSeries,
	) {
		this.series = series;
		this.io = io;
		this.asks = asks;
		this.states = states;
		this.wheel = wheel;
		this.counters = counters;
	}

	/** A query to the upstream, or a probe of it, failed. Of one that was taken away nobody wants to know. */
	upstreamFailed(forward: Forward, upstream: number, nowMs: number): void {
		if (!hasUpstream(forward, upstream)) return;
		this.countFailure(forward, upstream);
		if (forward.maxFails === 0 || !this.states.startProbing(upstream)) return;
		new HealthProbe(this, forward, upstream).due(nowMs);
	}

	countFailure(forward: Forward, upstream: number): void {
		if (this.states.failed(upstream) !== forward.maxFails + 1) return;
		this.counters.add(counter.upstream_marked_down);
		this.io.log({ kind: 'upstream-down', upstream });
	}

	/** An upstream answered, a query or a probe: its failures are forgotten. */
	upstreamAnswered(forward: Forward, upstream: number): void {
		const before = this.states.succeeded(upstream);
		if (forward.maxFails === 0 || before <= forward.maxFails) return;
		this.counters.add(counter.upstream_marked_up);
		this.io.log({ kind: 'upstream-up', upstream });
	}
}

/** Whether an upstream is one of a forward's now: their list may have become shorter. */
function hasUpstream(forward: Forward, upstream: number): boolean {
	return upstream - forward.number * upstreamStride < forward.count;
}

/** The subject of an ask is when it was sent, in milliseconds. */
class HealthProbe extends Timer implements AskOwner<number> {
	readonly #probes: HealthProbes;
	readonly #forward: Forward;
	readonly #upstream: number;
	readonly #query = new Uint8Array(maxQueryBytes);
	readonly #queryBytes: number;
	/** Oldest first. The next does not wait for one that was sent, and got lost, before the upstream was back. */
	readonly #asks: Ask<number>[] = [];

	constructor(probes: HealthProbes, forward: Forward, upstream: number) {
		super();
		this.#probes = probes;
		this.#forward = forward;
		this.#upstream = upstream;
		const { healthCheckDomain, healthCheckRecursionDesired } = forward.options;
		const qname = nameToWire(healthCheckDomain);
		writeHeader(this.#query, 0, 0, healthCheckRecursionDesired ? flag.rd : 0, 1, 0, 0, 0);
		this.#query.set(qname, headerBytes);
		const end = headerBytes + qname.length;
		writeUint16(this.#query, end, rrType.NS);
		writeUint16(this.#query, end + 2, rrClass.IN);
		this.#queryBytes = end + 4;
	}

	due(nowMs: number): void {
		const { states, asks, counters, wheel } = this.#probes;
		if (!hasUpstream(this.#forward, this.#upstream)) {
			this.#end();
			return;
		}
		if (this.#asks.length > 0 && nowMs - this.#asks[0].subject >= probeTimeoutMs) this.#failed();
		if (states.failures(this.#upstream) === 0) {
			this.#end();
			return;
		}
		if (this.#asks.length < maxProbes) {
			const { forceTcp } = this.#forward.options;
			counters.add(counter.health_probes);
			const ask = asks.send(this, nowMs, this.#upstream, forceTcp, true, this.#query, this.#queryBytes);
			if (ask === undefined) this.#countFailure();
			else this.#asks.push(ask);
		}
		wheel.set(this, nowMs + this.#forward.options.healthCheckMs, nowMs);
	}

	#failed(): void {
		this.#probes.asks.settle(this.#asks.shift()!);
		this.#countFailure();
	}

	#countFailure(): void {
		this.#probes.counters.add(counter.health_probe_failures);
		// Any answer is good enough, so a probe that failed had none.
		this.#probes.series.probeFailed(this.#upstream, -1);
		this.#probes.countFailure(this.#forward, this.#upstream);
	}

	#end(): void {
		for (const ask of this.#asks.splice(0)) this.#probes.asks.settle(ask);
		this.#probes.wheel.cancel(this);
		this.#probes.states.stopProbing(this.#upstream);
	}

	onReply(_ask: Ask<number>, octets: Uint8Array, start: number): void {
		if (!(readUint16(octets, start + at.flags) & flag.qr)) return;
		this.#probes.upstreamAnswered(this.#forward, this.#upstream);
		this.#end();
	}

	onLost(ask: Ask<number>): void {
		this.#asks.splice(this.#asks.indexOf(ask), 1);
		this.#countFailure();
	}
}
