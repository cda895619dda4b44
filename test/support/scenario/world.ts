import type { Model } from '../../../src/config/model.ts';
import type { EngineEvent } from '../../../src/engine/io.ts';
import {
	clearOutstanding,
	createSharedState,
	endShard,
	type SharedState,
} from '../../../src/engine/shared-state.ts';
import { Outstanding } from '../../../src/forward/upstream-state.ts';
import type { UpstreamScript } from '../../../src/load/upstream/script.ts';
import { seededRandom } from '../../../src/util/random.ts';
import { Agenda } from './agenda.ts';
import { type Exchange, faultsOfAnswer } from './exchange.ts';
import { showMessage } from './message.ts';
import { questionText } from './records.ts';
import { seriesFaults } from './series.ts';
import { ScenarioShard, type ShardWorld } from './shard.ts';
import { standingAnswer } from './standing-answers.ts';
import type { Range, Scenario } from './syntax.ts';
import { UpstreamModes } from './upstream-modes.ts';
import { decodeUpstreamQuery, type UpstreamQuery } from './upstream-query.ts';

const startMs = 1000;
const upstreamsPerForward = 16;

/**
 * Everything around the engines of a scenario: virtual time, clients, upstreams, and the way of messages between
 * shards. Nothing happens but by a step or by time that a step lets pass, and always in the same order.
 */
export class World implements ShardWorld {
	readonly file: string;
	readonly shared: SharedState;
	readonly exchanges: Exchange[] = [];
	readonly queries: UpstreamQuery[] = [];
	readonly events: EngineEvent[] = [];
	readonly modes: UpstreamModes;
	nowMs = startMs;
	/** The step that runs now. */
	step = 0;
	/** The last step that was not a mere check. */
	lastActionStep = -1;
	/** Messages between shards get lost. */
	losesHandOvers = false;
	readonly #model: Model;
	readonly #seed: number;
	readonly #ranges: readonly Range[];
	readonly #agenda = new Agenda();
	readonly #addresses = new Map<number, string>();
	readonly #upstreamCounts: number[] = [];
	readonly #shards: (ScenarioShard | undefined)[] = [];
	#nextSocket = 1;

	constructor(scenario: Scenario, model: Model) {
		const { seed, shards, cacheBytes } = scenario.config;
		this.file = scenario.file;
		this.#model = model;
		this.#seed = seed;
		this.#ranges = scenario.ranges;
		this.modes = new UpstreamModes(seed);
		this.shared = createSharedState({ shards, cacheBytes, model, random: seededRandom(seed) });
		for (const forward of model.blocks.flatMap((block) => block.forwards)) {
			const number = this.#upstreamCounts.push(forward.to.length) - 1;
			for (const [place, target] of forward.to.entries()) {
				const upstream = number * upstreamsPerForward + place;
				this.#addresses.set(upstream, target.kind === 'address' ? addressText(target) : target.kind);
			}
		}
		for (let shard = 0; shard < shards; shard++) this.startShard(shard);
	}

	get shardCount(): number {
		return this.#shards.length;
	}

	startShard(shard: number): void {
		if (this.#shards[shard]) throw new Error(`shard ${shard} lives`);
		const setup = {
			shard,
			model: this.#model,
			shared: this.shared,
			seed: this.#seed,
			nowMs: this.nowMs,
			upstreamCounts: this.#upstreamCounts,
		};
		this.#shards[shard] = new ScenarioShard(setup, this);
	}

	/** A shard's worker dies: what it had under way is gone, and the supervisor says so to the others. */
	killShard(shard: number): void {
		this.#living(shard);
		this.#shards[shard] = undefined;
		for (const exchange of this.exchanges) {
			if (exchange.shard === shard && exchange.waits) {
				exchange.waits = false;
				exchange.dropped = true;
			}
		}
		for (const query of this.queries) if (query.shard === shard) query.settled = true;
		endShard(this.shared, shard);
		clearOutstanding(this.shared, shard);
	}

	#living(shard: number): ScenarioShard {
		const living = this.#shards[shard];
		if (!living) throw new Error(`there is no living shard ${shard}`);
		return living;
	}

	/** A client's query comes in. */
	query(exchange: Exchange): void {
		this.exchanges.push(exchange);
		this.#living(exchange.shard).query(exchange, this.nowMs);
	}

	ask(shard: number, upstream: number, transport: 'udp' | 'tcp', octets: Uint8Array): number {
		const address = this.#addresses.get(upstream);
		if (address === undefined) throw new Error(`the engine asks upstream ${upstream}, which does not exist`);
		const mode = this.modes.of(address);
		if (mode.kind === 'unreachable') return 0;
		const message = decodeUpstreamQuery(octets);
		const asked: UpstreamQuery = {
			message,
			name: questionText(message.questions[0]).split(' ')[0].toLowerCase(),
			socket: this.#nextSocket++,
			shard,
			address,
			transport,
			sentMs: this.nowMs,
			step: this.step,
			byHand: mode.kind === 'manual',
			seenBy: -1,
			counted: false,
			settled: false,
		};
		const standing = mode.kind === 'manual' ? standingAnswer(this.file, this.#ranges, asked) : undefined;
		const query = standing ? { ...asked, byHand: false } : asked;
		this.queries.push(query);
		if (standing) this.deliver(query, standing.octets, standing.afterMs);
		else if (mode.kind === 'refusing') this.lose(query, 'connection refused');
		else if (mode.kind === 'loop') this.#forwardBack(query, octets);
		else if (mode.kind === 'script') this.#runScript(mode.script, query, octets);
		return query.socket;
	}

	#runScript(script: UpstreamScript, query: UpstreamQuery, octets: Uint8Array): void {
		const answer = script.answer(octets, query.transport, this.nowMs);
		for (const delivery of answer.deliveries) this.deliver(query, delivery.octets, delivery.afterMs);
		if (answer.closeAfter) this.lose(query, 'connection closed', answer.deliveries.at(-1)?.afterMs);
	}

	/** An upstream's upstream is petrel: its query comes in like a client's, and the answer goes back. */
	#forwardBack(query: UpstreamQuery, octets: Uint8Array): void {
		const exchange: Exchange = {
			step: this.step,
			line: 0,
			query: octets,
			transport: query.transport,
			from: { address: query.address, port: 53, family: 4 },
			shard: query.shard,
			waits: false,
			dropped: false,
			answer: undefined,
			checked: false,
			expectedSilence: true,
			passOn: (answer) => this.deliver(query, answer),
		};
		this.#agenda.add(this.nowMs, () => this.query(exchange));
	}

	/** Octets come from an upstream to the socket that a query left by, or to another. */
	deliver(query: UpstreamQuery, octets: Uint8Array, afterMs = 0, socket = query.socket): void {
		const receiver = this.#shards[query.shard];
		this.#agenda.add(this.nowMs + afterMs, () => {
			if (this.#shards[query.shard] === receiver) receiver?.upstreamMessage(socket, octets, this.nowMs);
		});
	}

	/** The socket that a query left by is gone. */
	lose(query: UpstreamQuery, cause: string, afterMs = 0): void {
		const receiver = this.#shards[query.shard];
		this.#agenda.add(this.nowMs + afterMs, () => {
			if (this.#shards[query.shard] !== receiver) return;
			receiver?.upstreamGone(query.socket, cause, this.nowMs);
		});
	}

	/** Runs what the last step put down for now. */
	runDue(): void {
		this.#agenda.runDue(this.nowMs);
	}

	settled(socket: number): void {
		const query = this.queries.find((each) => each.socket === socket);
		if (!query) throw new Error(`the engine settles socket ${socket}, which it was never given`);
		if (query.settled) throw new Error(`the engine settles the query for ${query.name} twice`);
		query.settled = true;
	}

	handOver(from: number, to: number, octets: Uint8Array): void {
		if (from === to) throw new Error(`shard ${from} hands an answer over to itself`);
		if (this.losesHandOvers) return;
		this.#agenda.add(this.nowMs, () => this.#shards[to]?.handedOver(octets, this.nowMs));
	}

	answered(exchange: Exchange, octets: Uint8Array): void {
		const asked = `the query of step ${exchange.step}`;
		if (exchange.answer) throw new Error(`${asked} is answered twice`);
		const faults = faultsOfAnswer(exchange, octets);
		exchange.answer = octets;
		if (exchange.passOn) {
			exchange.checked = true;
			exchange.passOn(octets);
		}
		if (faults.length === 0) return;
		throw new Error(
			`the answer to ${asked} cannot be right: ${faults.join('; ')}\n${Buffer.from(octets).toString('hex')}`,
		);
	}

	event(event: EngineEvent): void {
		this.events.push(event);
	}

	/** Lets time pass: messages arrive and engines run what is due, each at its time. */
	advanceTo(endMs: number): void {
		for (;;) {
			let nextMs = this.#agenda.nextMs;
			for (const shard of this.#shards) nextMs = Math.min(nextMs, shard?.engine.nextDeadlineMs() ?? nextMs);
			if (nextMs > endMs) break;
			this.nowMs = Math.max(this.nowMs, nextMs);
			this.#agenda.runDue(this.nowMs);
			for (const shard of this.#shards) {
				if (shard && shard.engine.nextDeadlineMs() <= this.nowMs) shard.advance(this.nowMs);
				this.#agenda.runDue(this.nowMs);
			}
		}
		this.nowMs = endMs;
	}

	/** What is still under way when all steps are done and should not be. */
	leftovers(): string[] {
		const left: string[] = [];
		for (const query of this.queries) {
			if (!query.byHand) continue;
			const what = `the query for ${questionText(query.message.questions[0])} to ${query.address}`;
			if (query.seenBy < 0 && !query.counted)
				left.push(`${what}, sent in step ${query.step}, is unexpected\n${showMessage(query.message)}`);
			else if (!query.settled) left.push(`${what}, sent in step ${query.step}, is unanswered`);
		}
		for (const exchange of this.exchanges) {
			const what = `the query of step ${exchange.step}`;
			if (exchange.waits) left.push(`${what} still waits for an answer`);
			else if (exchange.answer && !exchange.checked) left.push(`${what} has an answer that no step checked`);
			else if (!exchange.answer && !exchange.expectedSilence)
				left.push(`${what} got no answer, and no step says so`);
		}
		if (left.length > 0) return left;
		return [...this.#countedLeftovers(), ...seriesFaults(this.shared, this.#model, this.exchanges)];
	}

	/** Nobody waits and nothing is under way: the engines' own counts must say the same. */
	#countedLeftovers(): string[] {
		const left: string[] = [];
		for (const shard of this.#shards) {
			if (!shard) continue;
			if (shard.engine.pendingCount > 0)
				left.push(`shard ${shard.number} counts ${shard.engine.pendingCount} clients`);
			if (shard.waitingCount > 0)
				left.push(`shard ${shard.number} never let go of ${shard.waitingCount} clients`);
		}
		const outstanding = new Outstanding(this.shared.outstanding, this.shared.shards, 0);
		const refreshes = this.queries.some((query) => !query.settled);
		for (let forward = 0; forward < this.#upstreamCounts.length && !refreshes; forward++) {
			const count = outstanding.count(forward);
			if (count !== 0) left.push(`forward ${forward} counts ${count} questions under way`);
		}
		return left;
	}
}

function addressText({ address, port }: { address: string; port: number }): string {
	if (port === 53) return address;
	return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
