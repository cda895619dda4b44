/** Which rows the series of queries and upstreams are counted in, over configurations that change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overflowRow } from '../../../src/metrics/hot/series-layout.ts';
import { upstreamRowsMax } from '../../../src/metrics/hot/upstream-series.ts';
import { SeriesBook } from '../../../src/server/series-book.ts';
import { modelOf } from '../config/support.ts';

const at = { address: '127.0.0.1', port: 53, blocks: [0], keyPort: undefined };
const modelFor = (...zones: string[]) => modelOf(zones.map((zone) => `${zone} {\nwhoami\n}\n`).join(''));

test('a row belongs to a server, a zone and a transport, whatever the file says around them', () => {
	const book = new SeriesBook(true);
	const first = book.rowsOf(modelFor('a', 'b'), at);
	assert.deepEqual(first, { udp: [0, 1, 2], tcp: [3, 4, 5] });
	const second = book.rowsOf(modelFor('b', 'c', 'a'), at);
	assert.deepEqual(second.udp, [1, 6, 0, 2]);
	assert.deepEqual(book.queryRows.get(2), {
		server: 'dns://127.0.0.1:53',
		zone: 'dropped',
		proto: 'udp',
		family: 1,
		cacheZones: undefined,
	});
	const ipv6 = book.rowsOf(modelFor('a'), { ...at, address: '::1', port: 5300 });
	assert.deepEqual(book.queryRows.get(ipv6.tcp[0]), {
		server: 'dns://[::1]:5300',
		zone: 'a.',
		proto: 'tcp',
		family: 2,
		cacheZones: undefined,
	});
});

test('when there are no rows left, the rest is counted together', () => {
	const book = new SeriesBook(true);
	const zones = Array.from({ length: 300 }, (_, i) => `z${i}`);
	const model = modelFor(...zones);
	book.rowsOf(model, at);
	const beyond = book.rowsOf(model, { ...at, address: '127.0.0.2' });
	assert.equal(beyond.tcp[0], overflowRow - 1 - 120);
	assert.ok(beyond.tcp.slice(121).every((row) => row === overflowRow));
	assert.equal(book.queryRows.size, overflowRow);
	assert.deepEqual(book.rowsOf(model, at).udp.slice(0, 2), [0, 1]);
});

test('an upstream has one row by its address, and beyond the bound the last', () => {
	const book = new SeriesBook(true);
	assert.deepEqual(
		['a', 'b', 'a'].map((to) => book.upstreamRow(to)),
		[0, 1, 0],
	);
	for (let i = 2; i < upstreamRowsMax; i++) book.upstreamRow(`to ${i}`);
	assert.equal(book.upstreamRow('one more'), upstreamRowsMax);
	assert.deepEqual(book.upstreams.slice(0, 2), ['a', 'b']);
});
