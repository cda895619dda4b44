/** What an engine writes into its log ring: for hits and misses, of which class, how long, and how large. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogMemory, fillerRule, LogRing } from '../../../src/engine/log-ring.ts';
import { sumCounters } from '../../../src/metrics/hot/counters.ts';
import { plugin } from '../../../src/metrics/hot/series-layout.ts';
import { flagsText } from '../../../src/server/query-log/format.ts';
import { type LogRecord, readRecord } from '../../../src/server/query-log/record.ts';
import { EngineInTurns } from '../../support/engine/engine-in-turns.ts';
import { makeQuery } from '../../support/integration/message.ts';

/** One engine with a log, whose upstream is the scripted one, at once or, for `silent`, never. */
class LoggingEngine extends EngineInTurns {
	readonly #ring: LogRing;

	constructor(lines: string, units?: number, epochSec = 1_700_000_000) {
		const memory = createLogMemory(1, units);
		super(lines, Float64Array.of(1000, 1000), {
			listeners: [{ blocks: [0] }, { blocks: [0] }, { blocks: [0] }],
			log: { memory, epochSec },
		});
		this.#ring = new LogRing(memory, 1, 0);
	}

	advance(afterMs: number): void {
		this.turn(() => this.engine.advance(), afterMs);
	}

	records(): LogRecord[] {
		const records: LogRecord[] = [];
		for (let at = this.#ring.read; at !== this.#ring.written; ) {
			const place = at & (this.#ring.units - 1);
			const head = this.#ring.words[place * 2];
			if (head >>> 16 !== fillerRule) records.push(readRecord(this.#ring, place));
			at = (at + (head & 0xffff)) | 0;
			this.#ring.release(at);
		}
		return records;
	}
}

test('a miss is logged with its reply, from the query on; a hit with the time of its turn', () => {
	const engine = new LoggingEngine('cache\nlog');
	engine.query(makeQuery('Www.Demo', { id: 7 }), { listener: 2 });
	assert.deepEqual(engine.records(), []);
	engine.answer();
	engine.query(makeQuery('www.demo', { id: 8, edns: { sizeBytes: 1400, dnssecOk: true } }));
	engine.answer();
	engine.query(makeQuery('www.demo', { id: 9 }));
	const [miss, other, hit] = engine.records();
	const common = {
		rule: 0,
		overTcp: false,
		replied: true,
		queryFlags: 0x0100,
		rcode: 0,
		qname: 'www.demo.',
		qtype: 1,
		qclass: 1,
		queryBytes: 26,
		payloadBytes: 512,
		answerBytes: 50,
		client: '192.0.2.77',
		port: 40_000,
		dnssecOk: false,
	};
	const { startMs, endMs, replyFlags, row: _, ...rest } = miss;
	assert.deepEqual(rest, { ...common, id: 7, listener: 2, plugin: plugin.forward });
	assert.equal(endMs - startMs, 4);
	assert.equal(flagsText(replyFlags), 'qr,rd,ra');
	assert.equal(other.dnssecOk, true);
	assert.equal(other.payloadBytes, 1400);
	assert.equal(other.queryBytes, 37);
	assert.equal(hit.id, 9);
	assert.equal(hit.plugin, plugin.cache);
	assert.equal(hit.answerBytes, 50);
	assert.equal(hit.endMs - hit.startMs, 0.5);
});

/** `{rsize}` of CoreDNS 1.14.7 for answers of the scripted upstream, as that CoreDNS has written it. */
const sizes: readonly (readonly [name: string, type: string, bytes: number])[] = [
	['nx.demo', 'A', 88],
	['nodata.demo', 'A', 92],
	['cname.demo', 'A', 90],
	['nxcname.demo', 'A', 133],
	['count4.demo', 'A', 137],
	['mx.demo', 'MX', 58],
	['srv.demo', 'SRV', 64],
	['ptr.demo', 'PTR', 67],
	['soa.demo', 'SOA', 93],
	['servfail.demo', 'A', 31],
	['refused.demo', 'A', 30],
];

test('the size of an answer is that of CoreDNS, on a miss and on a hit', () => {
	const engine = new LoggingEngine('cache\nlog');
	for (const [name, type, bytes] of sizes) {
		for (let round = 0; round < 2; round++) {
			engine.query(makeQuery(name, { type }));
			engine.answer();
			const [record] = engine.records();
			assert.equal(record.answerBytes, bytes, `${name} ${type} ${round}`);
		}
	}
});

test('an answer that is cut for its client is counted whole', () => {
	const engine = new LoggingEngine('cache\nlog');
	const query = (sizeBytes: number): Buffer => makeQuery('count40.demo', { edns: { sizeBytes } });
	engine.query(query(4096));
	engine.answer();
	engine.query(query(512));
	engine.query(makeQuery('count40.demo'));
	const [whole, ...cut] = engine.records();
	for (const record of cut) {
		assert.match(flagsText(record.replyFlags), /tc/);
		assert.equal(record.answerBytes, whole.answerBytes);
	}
});

test('signatures count as their text in Base64 could be long', () => {
	const engine = new LoggingEngine('cache\nlog');
	engine.query(makeQuery('dnssec.demo', { edns: { dnssecOk: true } }));
	engine.answer();
	assert.equal(engine.records()[0].answerBytes, 169);
});

const classes: readonly (readonly [name: string, found: 'success' | 'denial' | 'error', type?: string])[] = [
	['www.demo', 'success'],
	['cname.demo', 'success'],
	['nodatanosoa.demo', 'success'],
	['nx.demo', 'denial'],
	['nxnosoa.demo', 'denial'],
	['nodata.demo', 'denial'],
	// An NXDOMAIN with a CNAME before it is none of the kinds that CoreDNS calls a denial.
	['nxcname.demo', 'error'],
	['servfail.demo', 'error'],
	['refused.demo', 'error'],
	['notimp.demo', 'error'],
	['www.demo', 'error', 'AXFR'],
];

for (const [name, found, type = 'A'] of classes) {
	test(`${name} ${type} is of class ${found}, on a miss and on a hit`, () => {
		for (const only of ['success', 'denial', 'error']) {
			const engine = new LoggingEngine(`cache\nlog . {\nclass ${only}\n}`);
			for (let round = 0; round < 2; round++) {
				engine.query(makeQuery(name, { type }));
				engine.answer();
			}
			assert.equal(engine.records().length, only === found ? 2 : 0, only);
		}
	});
}

test('a signature that is over makes an error of an answer, for clients that set DO', () => {
	const answers = (epochSec: number, dnssecOk: boolean): number => {
		const engine = new LoggingEngine('cache\nlog . {\nclass success\n}', undefined, epochSec);
		engine.query(makeQuery('dnssec.demo', { edns: { dnssecOk } }));
		engine.answer();
		return engine.records().length;
	};
	assert.equal(answers(4_000_000_000, true), 0);
	assert.equal(answers(4_000_000_000, false), 1);
});

test('a query without an answer in time is logged when its client gets SERVFAIL', () => {
	const engine = new LoggingEngine('log');
	engine.query(makeQuery('silent.demo'));
	for (let i = 0; i < 60; i++) engine.advance(100);
	const [record] = engine.records();
	assert.equal(record.rcode, 2);
	assert.ok(record.endMs - record.startMs > 4000 && record.endMs - record.startMs < 5000);
	assert.equal(record.answerBytes, 29);
});

test('the first rule that has the name decides, whatever its class', () => {
	const engine = new LoggingEngine('log quiet.demo {\nclass error\n}\nlog a.demo b.demo\nlog b.demo');
	for (const name of ['x.quiet.demo', 'servfail.quiet.demo', 'x.a.demo', 'B.demo', 'xb.demo', 'demo']) {
		engine.query(makeQuery(name));
		engine.answer();
	}
	assert.deepEqual(
		engine.records().map(({ qname, rule }) => [qname, rule]),
		[
			['servfail.quiet.demo.', 0],
			['x.a.demo.', 1],
			['b.demo.', 1],
		],
	);
});

test('what is refused before its block is looked for is not logged', () => {
	const engine = new LoggingEngine('log');
	engine.query(makeQuery('x.demo', { opcode: 2 }));
	engine.query(makeQuery('x.demo', { edns: { version: 1 } }));
	engine.query(makeQuery('x.demo').subarray(0, 20));
	assert.deepEqual(engine.records(), []);
});

test('a query of another class is logged with it, and with its refusal', () => {
	const engine = new LoggingEngine('log');
	engine.query(makeQuery('version.bind', { class: 3, type: 'TXT' }));
	const [{ qclass, rcode }] = engine.records();
	assert.deepEqual([qclass, rcode], [3, 5]);
});

test('`sample` logs about one in so many, at random, and counts the others', () => {
	const engine = new LoggingEngine('whoami\nlog . {\nsample 4\n}');
	for (let i = 0; i < 4000; i++) {
		engine.query(makeQuery('x.demo'));
		if (i % 100 === 99) engine.answer();
	}
	const logged = engine.records().length;
	assert.ok(logged > 800 && logged < 1200, `${logged} of 4000`);
	assert.equal(sumCounters(engine.shared.counters).log_lines_unsampled, 4000 - logged);
});

test('what finds no room in the ring is dropped and counted, and answered all the same', () => {
	const engine = new LoggingEngine('whoami\nlog', 64);
	for (let i = 0; i < 100; i++) engine.query(makeQuery('x.demo'));
	const logged = engine.records().length;
	const { log_lines_dropped, replies_udp } = sumCounters(engine.shared.counters);
	assert.ok(logged > 0);
	assert.equal(log_lines_dropped, 100 - logged);
	assert.equal(replies_udp, 100);
});
