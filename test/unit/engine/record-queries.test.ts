/** What an engine writes for a recording: for hits and misses, how long answers may be kept, how large they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overTcp } from '../../../src/engine/io.ts';
import { createLogMemory, LogRing } from '../../../src/engine/log-ring.ts';
import { cacheOutcome, QueryRecorder } from '../../../src/engine/query-recorder.ts';
import { sumCounters } from '../../../src/metrics/hot/counters.ts';
import { type RecordedReply, repliesIn } from '../../../src/server/record/recorded-reply.ts';
import { nameToText } from '../../../src/wire/presentation.ts';
import { client, EngineInTurns } from '../../support/engine/engine-in-turns.ts';
import { makeQuery } from '../../support/integration/message.ts';

/** One engine that is recorded, whose upstream is the scripted one. */
class RecordedEngine extends EngineInTurns {
	readonly recorder: QueryRecorder;
	#ring: LogRing | undefined;

	constructor(lines: string, options: { units?: number; withClients?: boolean } = {}) {
		const times = Float64Array.of(1000, 1000);
		const recorder = new QueryRecorder(1, 0, times);
		super(lines, times, { recorder });
		this.recorder = recorder;
		this.begin(options);
	}

	begin({ units, withClients = false }: { units?: number; withClients?: boolean } = {}): void {
		const memory = createLogMemory(1, units);
		this.#ring = new LogRing(memory, 1, 0);
		this.recorder.set({ memory, withClients });
	}

	get lost(): number {
		return this.#ring!.dropped;
	}

	/** Asks, and has the upstream answer where it is asked. */
	ask(name: string, ask: Parameters<typeof makeQuery>[1] = {}): RecordedReply {
		this.query(makeQuery(name, ask));
		this.answer();
		const replies = this.replies();
		assert.equal(replies.length, 1);
		return replies[0];
	}

	advance(afterMs: number): void {
		for (let ms = 0; ms < afterMs; ms += 100) this.turn(() => this.engine.advance(), 100);
	}

	replies(): RecordedReply[] {
		const ring = this.#ring!;
		const replies: RecordedReply[] = [];
		for (let at = ring.read; at !== ring.written; ) {
			const place = at & (ring.units - 1);
			const units = Math.min((ring.written - at) | 0, ring.units - place);
			const records = Uint8Array.from(ring.octets.subarray(place * 8, (place + units) * 8));
			replies.push(...repliesIn(records));
			at = (at + units) | 0;
			ring.release(at);
		}
		return replies;
	}
}

test('a miss is recorded with its reply, from the query on; a hit with the time of its turn', () => {
	const engine = new RecordedEngine('cache');
	const query = makeQuery('Www.Demo', { id: 7, edns: { sizeBytes: 4096, dnssecOk: true } });
	engine.query(query);
	assert.deepEqual(engine.replies(), []);
	engine.answer();
	const hitBytes = engine.query(makeQuery('www.DEMO', { id: 8, edns: { dnssecOk: true } }));
	const [miss, hit] = engine.replies();
	const { qname, startMs, endMs, ...rest } = miss;
	assert.equal(nameToText(qname), 'Www.Demo.');
	assert.equal(endMs - startMs, 4);
	assert.deepEqual(rest, {
		overTcp: false,
		hasOpt: true,
		dnssecOk: true,
		isDenial: false,
		outcome: cacheOutcome.miss,
		id: 7,
		queryFlags: 0x0100,
		replyFlags: 0x8180,
		rcode: 0,
		qtype: 1,
		qclass: 1,
		payloadBytes: 4096,
		replyBytes: hitBytes,
		keptSec: 60,
		client: '',
		port: 0,
	});
	assert.equal(nameToText(hit.qname), 'www.DEMO.');
	assert.equal(hit.endMs - hit.startMs, 0.5);
	assert.deepEqual([hit.outcome, hit.replyBytes, hit.keptSec], [cacheOutcome.hit, hitBytes, 60]);
});

test('a later hit has the TTL at fetch, not what is left of it; so has a denial', () => {
	const engine = new RecordedEngine('cache');
	for (const [name, keptSec, isDenial] of [
		['ttl30.demo', 30, false],
		['soattl20.nx.demo', 20, true],
		['soattl15.nodata.demo', 15, true],
	] as const) {
		const miss = engine.ask(name);
		engine.advance(9000);
		const hit = engine.ask(name);
		assert.deepEqual(
			[miss.outcome, miss.keptSec, miss.isDenial],
			[cacheOutcome.miss, keptSec, isDenial],
			name,
		);
		assert.deepEqual([hit.outcome, hit.keptSec, hit.isDenial], [cacheOutcome.hit, keptSec, isDenial], name);
	}
});

test('the bounds of the block are in it: it is how long petrel keeps an answer', () => {
	const engine = new RecordedEngine('cache 10');
	assert.equal(engine.ask('ttl30.demo').keptSec, 10);
});

test('what is not kept has 0 seconds, a failure none', () => {
	const engine = new RecordedEngine('cache');
	assert.equal(engine.ask('ttl0.demo').keptSec, 0);
	assert.deepEqual([engine.ask('nxnosoa.demo').keptSec, engine.ask('nodatanosoa.demo').keptSec], [0, 0]);
	const failure = engine.ask('servfail.demo');
	const held = engine.ask('servfail.demo');
	assert.deepEqual([failure.keptSec, failure.outcome, failure.rcode], [-1, cacheOutcome.miss, 2]);
	assert.deepEqual([held.keptSec, held.outcome, held.rcode], [-1, cacheOutcome.hit, 2]);
});

test('the size is that of the whole reply, however much of it the client takes', () => {
	const engine = new RecordedEngine('cache');
	const whole = engine.ask('count40.demo', { edns: { sizeBytes: 4096 } });
	assert.equal(whole.replyFlags & 0x0200, 0);
	const cut = engine.ask('count40.demo');
	assert.equal(cut.replyFlags & 0x0200, 0x0200);
	const bytesByTcp = engine.query(makeQuery('count40.demo'), { transport: overTcp });
	const [byTcp] = engine.replies();
	assert.equal(byTcp.overTcp, true);
	assert.equal(byTcp.replyBytes, bytesByTcp);
	assert.equal(cut.replyBytes, byTcp.replyBytes);
	assert.equal(whole.replyBytes, byTcp.replyBytes + 11, 'with an OPT');
});

test('stale answers, names without a cache, and what petrel answers by itself', () => {
	const stale = new RecordedEngine('cache {\nserve_stale 1h\n}');
	stale.ask('ttl1.demo');
	stale.advance(2000);
	const first = stale.ask('ttl1.demo');
	assert.deepEqual([first.outcome, first.keptSec], [cacheOutcome.stale, 1]);
	const verified = new RecordedEngine('cache {\nserve_stale 1h verify 100ms\n}');
	verified.ask('ttl1.demo');
	verified.advance(2000);
	verified.query(makeQuery('ttl1.demo'));
	verified.advance(300);
	assert.equal(verified.replies()[0].outcome, cacheOutcome.stale);

	const uncached = new RecordedEngine('');
	assert.deepEqual([uncached.ask('ttl30.demo').outcome, uncached.ask('ttl30.demo').keptSec], [4, 30]);
	const local = new RecordedEngine('cache\nhosts {\n192.0.2.9 here.demo\nttl 77\nfallthrough\n}');
	const own = local.ask('here.demo');
	assert.deepEqual([own.outcome, own.keptSec, own.isDenial], [cacheOutcome.none, 77, false]);
	const refused = local.ask('version.bind', { class: 3, type: 'TXT' });
	assert.deepEqual([refused.outcome, refused.rcode, refused.qclass, refused.keptSec], [0, 5, 3, -1]);
});

test('addresses of clients leave the shard only where they are asked for', () => {
	const without = new RecordedEngine('cache');
	const with_ = new RecordedEngine('cache', { withClients: true });
	for (const name of ['www.demo', 'www.demo']) {
		const { client: none, port: noPort } = without.ask(name);
		assert.deepEqual([none, noPort], ['', 0]);
		const { client: address, port } = with_.ask(name);
		assert.deepEqual([address, port], [client.address, client.port]);
	}
	with_.query(makeQuery('waits.demo'));
	with_.begin({ withClients: false });
	with_.answer();
	assert.deepEqual(
		with_.replies().map((reply) => [reply.client, reply.port]),
		[['', 0]],
		'a client of the recording before',
	);
});

test('what has no question or is no query is not recorded', () => {
	const engine = new RecordedEngine('cache');
	engine.query(makeQuery('x.demo', { opcode: 2 }));
	engine.query(makeQuery('x.demo').subarray(0, 20));
	assert.deepEqual(engine.replies(), []);
	assert.equal(sumCounters(engine.shared.counters).replies_udp, 2);
});

test('nothing is written before a recording begins and after it has ended', () => {
	const engine = new RecordedEngine('cache');
	engine.recorder.set(undefined);
	engine.query(makeQuery('www.demo'));
	engine.begin();
	engine.answer();
	assert.deepEqual(engine.replies(), [], 'it was asked before');
	engine.query(makeQuery('waits.demo'));
	engine.recorder.set(undefined);
	engine.answer();
	engine.query(makeQuery('www.demo'));
	assert.deepEqual(engine.replies(), []);
});

test('what finds no room is lost and counted, and answered all the same', () => {
	const engine = new RecordedEngine('whoami', { units: 64 });
	for (let i = 0; i < 100; i++) engine.query(makeQuery('x.demo'));
	const recorded = engine.replies().length;
	assert.ok(recorded > 0);
	assert.equal(engine.lost, 100 - recorded);
	assert.equal(sumCounters(engine.shared.counters).replies_udp, 100);
});
