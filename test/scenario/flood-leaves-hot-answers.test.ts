/**
 * Goal: a flood of random names that do not exist leaves the answers that are asked for all the time (peers.md's T33).
 * Method: two real engines over one shared memory and a scripted upstream, in virtual time. A thousand names are asked
 * in turn while a hundred thousand random ones are NXDOMAIN; how often one of the thousand has to be asked upstream again
 * is counted. Once with the default budget, and once with one that the flood overflows many times, at ten random names
 * for each hot one: too fast for an eviction policy that does not tell denials from answers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCorefile } from '../../src/config/load.ts';
import { Engine } from '../../src/engine/engine.ts';
import { type EngineIo, overUdp, type QuerySource } from '../../src/engine/io.ts';
import { createSharedState, type SharedState } from '../../src/engine/shared-state.ts';
import { UpstreamScript } from '../../src/load/upstream/script.ts';
import { sumCounters } from '../../src/metrics/hot/counters.ts';
import { seededRandom } from '../../src/util/random.ts';
import { nameToWire } from '../../src/wire/presentation.ts';

const hotNames = 1000;
const floodNames = 100_000;
const shards = 2;
const mebibyte = 1 << 20;
const leastHitShare = 0.95;

const corefile = '. {\n forward . 192.0.2.1\n cache\n}\n';

interface Delivery {
	readonly engine: Engine;
	readonly socket: number;
	readonly octets: Uint8Array;
}

/** Engines whose upstream answers at once, and clients that only wait to be counted. */
class Flood {
	readonly shared: SharedState;
	readonly engines: Engine[] = [];
	readonly #script = new UpstreamScript({ seed: 1, ttlSec: 3600, remembered: 0 });
	readonly #deliveries: Delivery[] = [];
	readonly #reply = new Uint8Array(4608);
	readonly #query = new Uint8Array(512);
	readonly #source: QuerySource = { listener: 0, transport: overUdp, sender: 0 };
	#sockets = 0;
	answered = 0;
	readonly times = Float64Array.of(1000, 1000);

	constructor(cacheBytes: number) {
		const { model } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
		assert.ok(model);
		const random = seededRandom(1);
		this.shared = createSharedState({ shards, cacheBytes, model, random });
		for (let shard = 0; shard < shards; shard++) {
			const io = this.#io(shard);
			const listeners = [{ blocks: [0] }];
			const engine = new Engine({
				model,
				shared: this.shared,
				shard,
				io,
				random,
				listeners,
				times: this.times,
			});
			engine.setUpstreamCount(0, 1);
			this.engines.push(engine);
		}
	}

	#io(shard: number): EngineIo {
		const ask = (octets: Uint8Array, length: number, nowMs: number): number => {
			const socket = ++this.#sockets;
			const [delivery] = this.#script.answer(octets.slice(0, length), 'udp', nowMs).deliveries;
			this.#deliveries.push({ engine: this.engines[shard], socket, octets: delivery.octets });
			return socket;
		};
		return {
			retain: () => 1,
			reply: () => void this.answered++,
			release: () => assert.fail('a client was let go without an answer'),
			clientAddress: () => ({ address: '127.0.0.1', port: 1, family: 4 }),
			askUdp: (_upstream, octets, _start, length) => ask(octets, length, this.nowMs),
			socketReused: true,
			askTcp: () => assert.fail('nothing here is too large for UDP'),
			settle: () => {},
			handOver: () => assert.fail('no two clients ask the same at once'),
			log: () => {},
		};
	}

	nowMs = 1000;

	/** One client asks one shard for an A record, and its answer is waited for. */
	ask(shard: number, name: string): void {
		this.nowMs += 0.5;
		const qname = nameToWire(name);
		this.#query.set([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
		this.#query.set(qname, 12);
		this.#query.set([0, 1, 0, 1], 12 + qname.length);
		const { length: replyMax } = this.#reply;
		const engine = this.engines[shard];
		const length = 16 + qname.length;
		this.times[0] = this.nowMs;
		engine.beginTurn();
		if (engine.onQuery(this.#query, 0, length, this.#source, this.#reply, 0, replyMax) > 0) this.answered++;
		for (let next = this.#deliveries.shift(); next; next = this.#deliveries.shift()) {
			next.engine.beginTurn();
			next.engine.onUpstreamMessage(next.socket, next.octets, 0, next.octets.length);
		}
	}
}

function runFlood(cacheBytes: number, floodPerHot: number) {
	const flood = new Flood(cacheBytes);
	for (let i = 0; i < hotNames; i++) flood.ask(i % shards, `hot${i}.example`);
	const before = sumCounters(flood.shared.counters);
	for (let i = 0; i < floodNames; i++) {
		flood.ask(i % shards, `nx.random${i}x${(i * 7919) % 65_521}.example`);
		if (i % floodPerHot > 0) continue;
		const turn = i / floodPerHot;
		flood.ask((turn >> 3) % shards, `hot${turn % hotNames}.example`);
	}
	const asked = floodNames / floodPerHot;
	assert.equal(flood.answered, hotNames + floodNames + asked);
	const after = sumCounters(flood.shared.counters);
	return { flood, asked, hits: after.hits_positive - before.hits_positive, counters: after };
}

for (const { cacheBytes, floodPerHot } of [
	{ cacheBytes: 32 * mebibyte, floodPerHot: 1 },
	{ cacheBytes: mebibyte, floodPerHot: 10 },
]) {
	const sizeText = `${cacheBytes / mebibyte} MiB`;
	test(`T33 100,000 random NXDOMAIN names leave 1,000 hot answers in a cache of ${sizeText}`, () => {
		const { flood, asked, hits, counters } = runFlood(cacheBytes, floodPerHot);
		assert.ok(
			hits >= leastHitShare * asked,
			`${hits} of ${asked} asks for hot names were hits, fewer than ${leastHitShare * 100} %`,
		);
		// All memory for answers was there from the start, and these answers had to do with it.
		assert.ok(flood.shared.cache.byteLength <= cacheBytes);
		assert.equal(counters.cache_inserted_negative, floodNames);
		if (cacheBytes === mebibyte) assert.ok(counters.cache_evicted_negative > floodNames / 2);
		for (const engine of flood.engines) assert.equal(engine.pendingCount, 0);
	});
}
