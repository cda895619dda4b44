/**
 * Goal: the series of queries say what was asked and answered. Method: queries of every kind go through an engine in
 * virtual time, and the sums are held against what was sent and received. (Every scenario compares the totals, too.)
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCorefile } from '../../../src/config/load.ts';
import { typePlace } from '../../../src/engine/type-places.ts';
import {
	cell,
	rcodeLabels,
	rowCells,
	seriesRow,
	typeLabels,
} from '../../../src/metrics/hot/series-layout.ts';
import { type QuerySums, sumQuerySeries, sumUpstreamSeries } from '../../../src/metrics/hot/series-sums.ts';
import { flag } from '../../../src/wire/header.ts';
import { rcode, rrClass, rrType } from '../../../src/wire/iana.ts';
import { withId } from '../../fuzz/mutations.ts';
import { OneEngine } from '../../fuzz/one-engine.ts';
import { plainRows } from '../../support/plain-rows.ts';
import { countOf, requestsOf, responsesOf } from '../../support/scenario/series.ts';
import { a, type MessageParts, message, opt, soa } from '../wire/messages.ts';

const corefile = `
cluster.test {
	forward . 192.0.2.1
	cache {
		serve_stale 1h immediate
	}
}
example {
	forward . 192.0.2.1
	cache
}
local.example {
	whoami
}
nat64.example {
	dns64 {
		allow_ipv4
	}
	forward . 192.0.2.1
	cache
}
`;
const zones = ['cluster.test.', 'example.', 'local.example.', 'nat64.example.'];
const listeners = new Map([
	[0, { server: 'dns://192.0.2.9:53', proto: 'udp', family: 1 }],
	[1, { server: 'dns://192.0.2.9:53', proto: 'tcp', family: 1 }],
] as const);

class Asker {
	readonly subject: OneEngine;

	constructor() {
		const { model } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
		assert.ok(model);
		this.subject = new OneEngine(1, model);
	}

	ask(parts: MessageParts, tcp = false, turnMs = 0): Uint8Array | undefined {
		return this.subject.query(message({ flags: flag.rd, ...parts }), tcp, turnMs);
	}

	/** The upstream's reply to the last query that it was sent, `afterMs` later. */
	upstreamSays(parts: MessageParts, afterMs: number): void {
		const asked = this.subject.asked.at(-1)!;
		this.subject.advance(afterMs);
		const response = message({ flags: flag.qr | flag.rd | flag.ra, ...parts });
		this.subject.upstreamSays(asked.socket, withId(response, (asked.octets[0] << 8) | asked.octets[1]));
	}

	sums(zone: string, proto: 'udp' | 'tcp' = 'udp'): QuerySums {
		const all = sumQuerySeries(this.subject.shared.querySeries, plainRows(listeners, zones));
		const row = all.find((each) => each.zone === zone && each.proto === proto);
		assert.ok(row, `nothing is counted for ${zone} by ${proto}`);
		return row;
	}
}

function assertAgree(row: QuerySums): void {
	assert.equal(requestsOf(row), responsesOf(row), 'everybody was answered');
	assert.equal(countOf(row.durationMs), responsesOf(row));
	assert.equal(countOf(row.requestBytes), requestsOf(row));
	assert.equal(countOf(row.responseBytes), responsesOf(row));
}

test('a miss is answered by forward in its time, a hit by cache in the time of its batch', () => {
	const client = new Asker();
	const qname = 'www.example.';
	client.ask({ qname, additional: [opt(undefined, 0, 0, 1232, 0x8000)] });
	client.upstreamSays({ qname, answer: [a('@', 300)] }, 30);
	assert.ok(client.ask({ qname, additional: [opt(undefined, 0, 0, 1232, 0x8000)] }, false, 0.1));
	const row = client.sums('example.');
	assert.equal(row.requests.A, 2);
	assert.equal(row.dnssecOkRequests, 2);
	assert.deepEqual(row.responses, [
		{ rcode: 'NOERROR', plugin: 'cache', count: 1 },
		{ rcode: 'NOERROR', plugin: 'forward', count: 1 },
	]);
	assert.ok(Math.abs(row.durationMs.sum - 30.1) < 1e-6, `${row.durationMs.sum} ms`);
	const { requests, misses, hitsSuccess, hitsDenial } = row.cache;
	assert.deepEqual([requests, misses, hitsSuccess, hitsDenial], [2, 1, 1, 0]);
	assertAgree(row);
});

test('an answer that dns64 made is its own, on misses and hits, and counted as translated', () => {
	const client = new Asker();
	const qname = 'www.nat64.example.';
	const qtype = rrType.AAAA;
	client.ask({ qname, qtype });
	client.upstreamSays({ qname, qtype, authority: [soa('nat64.example.', 300, 300)] }, 1);
	client.upstreamSays({ qname, qtype: rrType.A, answer: [a('@', 300)] }, 1);
	assert.ok(client.ask({ qname, qtype }));
	client.ask({ qname: 'none.nat64.example.', qtype });
	for (const type of [qtype, rrType.A])
		client.upstreamSays({ qname: 'none.nat64.example.', qtype: type, authority: [soa('nat64.example.')] }, 1);
	const row = client.sums('nat64.example.');
	assert.deepEqual(row.responses, [
		{ rcode: 'NOERROR', plugin: 'forward', count: 1 },
		{ rcode: 'NOERROR', plugin: 'dns64', count: 2 },
	]);
	const cells = new Float64Array(client.subject.shared.querySeries);
	const at = seriesRow(0, zones.indexOf('nat64.example.'), zones.length) * rowCells;
	assert.equal(cells[at + cell.translated], 2);
	assertAgree(row);
});

test('denials and held failures are hits of type denial', () => {
	const client = new Asker();
	client.ask({ qname: 'no.example.' });
	client.upstreamSays(
		{ qname: 'no.example.', rcode: rcode.NXDOMAIN, authority: [soa('example.', 300, 300)] },
		1,
	);
	assert.ok(client.ask({ qname: 'no.example.' }));
	client.ask({ qname: 'bad.example.', qtype: rrType.AAAA });
	client.upstreamSays({ qname: 'bad.example.', qtype: rrType.AAAA, rcode: rcode.SERVFAIL }, 1);
	assert.ok(client.ask({ qname: 'bad.example.', qtype: rrType.AAAA }));
	const row = client.sums('example.');
	assert.deepEqual(row.cache, {
		requests: 4,
		hitsSuccess: 0,
		hitsDenial: 2,
		misses: 2,
		servedStale: 0,
		prefetches: 0,
	});
	assert.deepEqual(row.responses, [
		{ rcode: 'SERVFAIL', plugin: 'cache', count: 1 },
		{ rcode: 'NXDOMAIN', plugin: 'cache', count: 1 },
		{ rcode: 'SERVFAIL', plugin: 'forward', count: 1 },
		{ rcode: 'NXDOMAIN', plugin: 'forward', count: 1 },
	]);
	assert.deepEqual([row.requests.A, row.requests.AAAA], [2, 2]);
	assertAgree(row);
});

test('a stale answer is a hit, counted as stale, and its refresh as a prefetch', () => {
	const client = new Asker();
	const qname = 'www.cluster.test.';
	client.ask({ qname });
	client.upstreamSays({ qname, answer: [a('@', 5)] }, 1);
	client.subject.advance(6000);
	assert.ok(client.ask({ qname }));
	const row = client.sums('cluster.test.');
	assert.deepEqual(row.cache, {
		requests: 2,
		hitsSuccess: 1,
		hitsDenial: 0,
		misses: 1,
		servedStale: 1,
		prefetches: 1,
	});
	assert.deepEqual(
		row.responses.map(({ plugin }) => plugin),
		['cache', 'forward'],
	);
	assertAgree(row);
});

test('what upstreams were asked, what they said and in what time is counted for each, with sockets used again', () => {
	const client = new Asker();
	const upstreams = Array.from({ length: 32 }, (_, number) => `upstream ${number}`);
	client.ask({ qname: 'a.cluster.test.' });
	client.upstreamSays({ qname: 'a.cluster.test.', answer: [a('@', 5)] }, 30);
	client.ask({ qname: 'b.cluster.test.' });
	client.upstreamSays({ qname: 'b.cluster.test.', rcode: rcode.REFUSED }, 2);
	client.ask({ qname: 'c.example.' });
	// Silence: asked again after two seconds and after four, with probes meanwhile, each given up after one.
	for (let i = 0; i < 50; i++) client.subject.advance(100);
	const sums = sumUpstreamSeries(client.subject.shared.upstreamSeries, upstreams);
	assert.deepEqual(
		sums.map(({ to, requests }) => [to, requests]),
		[
			['upstream 0', 2],
			['upstream 16', 3],
		],
	);
	const { durationMs, connectionsReused, connectionsNew } = sums[0];
	assert.deepEqual(Object.keys(durationMs), ['NOERROR', 'REFUSED']);
	assert.deepEqual([durationMs.NOERROR.sum, durationMs.REFUSED.sum], [30, 2]);
	assert.equal(durationMs.NOERROR.counts[durationMs.NOERROR.bounds.findIndex((boundMs) => boundMs >= 30)], 1);
	assert.deepEqual([connectionsReused.udp, connectionsNew.udp], [2, 0]);
	assert.deepEqual(Object.keys(sums[1].durationMs), []);
	assert.deepEqual(Object.keys(sums[1].probeFailures), ['']);
	assert.ok(sums[1].probeFailures[''] > 0);
});

test('transports and zones are told apart, and what belongs to no zone is "dropped"', () => {
	const client = new Asker();
	assert.ok(client.ask({ qname: 'me.local.example.' }, true));
	assert.ok(client.ask({ qname: 'me.local.example.', qtype: 65_280 }));
	assert.ok(client.ask({ qname: 'elsewhere.', qtype: rrType.HTTPS }));
	assert.ok(client.ask({ qname: 'www.example.', qclass: rrClass.CH, qtype: rrType.TXT }));
	assert.ok(client.ask({ qname: 'www.example.', qtype: rrType.AXFR }, true));
	assert.ok(client.ask({ qname: 'www.example.', additional: [opt(undefined, 0, 1)] }));
	assert.deepEqual(client.sums('local.example.', 'tcp').responses, [
		{ rcode: 'NOERROR', plugin: 'whoami', count: 1 },
	]);
	assert.equal(client.sums('local.example.').requests.other, 1);
	assert.equal(client.sums('dropped').requests.HTTPS, 1);
	assert.deepEqual(client.sums('dropped').responses, [{ rcode: 'REFUSED', plugin: '', count: 1 }]);
	assert.equal(client.sums('example.', 'tcp').requests.AXFR, 1);
	assert.deepEqual(client.sums('example.').responses, [
		{ rcode: 'REFUSED', plugin: '', count: 1 },
		{ rcode: 'BADVERS', plugin: '', count: 1 },
	]);
	for (const zone of ['local.example.', 'dropped', 'example.']) assertAgree(client.sums(zone));
});

test('a question that cannot be read is a request of type other', () => {
	const client = new Asker();
	const octets = message({ qname: 'www.example.', flags: flag.rd });
	assert.ok(client.subject.query(octets.slice(0, -3), false));
	const row = client.sums('dropped');
	assert.equal(row.requests.other, 1);
	assert.deepEqual(row.responses, [{ rcode: 'FORMERR', plugin: '', count: 1 }]);
});

test('labels of types and RCODEs are those of their numbers', () => {
	for (const [place, label] of typeLabels.entries()) {
		if (label !== 'other') assert.equal(typePlace(rrType[label]), place, label);
	}
	for (const type of [0, rrType.SVCB, rrType.CAA, 65_280]) assert.equal(typeLabels[typePlace(type)], 'other');
	for (const [place, label] of rcodeLabels.slice(0, 11).entries())
		assert.equal(rcode[label as keyof typeof rcode], place);
});
