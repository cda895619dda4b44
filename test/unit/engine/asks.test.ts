/**
 * Goal: queries under way are found by socket and ID, and the objects that stand for them are used again without one
 * being taken for another. Method: a table between sockets that only count.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ask, type AskOwner, AskTable } from '../../../src/engine/asks.ts';
import type { EngineIo } from '../../../src/engine/io.ts';
import { Counters, createCounterMemory } from '../../../src/metrics/hot/counters.ts';
import { seededRandom } from '../../../src/util/random.ts';

class Table implements AskOwner<string> {
	readonly settled: number[] = [];
	readonly replies: string[] = [];
	readonly lost: string[] = [];
	socket = 1;
	whenLost: (ask: Ask<string>) => void = () => {};
	readonly asks: AskTable;

	constructor() {
		const io = {
			askUdp: () => this.socket,
			askTcp: () => this.socket,
			settle: (socket: number) => this.settled.push(socket),
		} as unknown as EngineIo;
		this.asks = new AskTable(io, seededRandom(1), new Counters(createCounterMemory(1), 0));
	}

	send(subject: string): Ask<string> | undefined {
		return this.asks.send(this, subject, 0, false, false, new Uint8Array(12), 12);
	}

	deliver(ask: { id: number }, socket: number): void {
		this.asks.deliver(socket, Uint8Array.of(ask.id >>> 8, ask.id, ...new Uint8Array(10)), 0, 12, 0);
	}

	onReply(ask: Ask<string>): void {
		this.replies.push(ask.subject);
	}

	onLost(ask: Ask<string>): void {
		this.lost.push(ask.subject);
		this.whenLost(ask);
	}
}

test('a message goes to the query with its ID on its socket, and to nobody else', () => {
	const table = new Table();
	const one = table.send('one')!;
	table.socket = 2;
	const two = table.send('two')!;
	table.deliver(one, 1);
	table.deliver(two, 2);
	table.deliver(one, 2);
	table.deliver({ id: one.id ^ 1 }, 1);
	assert.deepEqual(table.replies, ['one', 'two']);
});

test('what is settled is used again, under its new ID only', () => {
	const table = new Table();
	const first = table.send('first')!;
	const { id } = first;
	table.asks.settle(first);
	table.asks.settle(first);
	assert.deepEqual([table.settled, table.asks.count], [[1], 0]);
	const second = table.send('second')!;
	assert.equal(second, first, 'the same object');
	assert.notEqual(second.id, id);
	table.deliver({ id }, 1);
	table.deliver(second, 1);
	assert.deepEqual(table.replies, ['second']);
	assert.notEqual(table.send('third'), second, 'it is in use');
});

test('a query that is lost is not used again before everybody is told', () => {
	const table = new Table();
	for (const subject of ['one', 'two', 'three']) table.send(subject);
	table.whenLost = (ask) => {
		table.asks.settle(ask);
		table.socket = 2;
		table.send(`${ask.subject} again`);
	};
	table.asks.lose(1, 'reset', 0);
	assert.deepEqual(table.lost.sort(), ['one', 'three', 'two']);
	assert.equal(table.asks.count, 3);
	const more = ['a', 'b', 'c', 'd'].map((subject) => table.send(subject)!);
	assert.equal(new Set(more).size, 4);
	for (const ask of more) table.deliver(ask, 2);
	assert.deepEqual(table.replies, ['a', 'b', 'c', 'd']);
	table.whenLost = () => {};
	table.lost.length = 0;
	table.asks.lose(2, 'reset', 0);
	assert.deepEqual(table.lost.sort(), ['a', 'b', 'c', 'd', 'one again', 'three again', 'two again']);
});

test('half of all IDs can be under way, no more', () => {
	const table = new Table();
	let sent = 0;
	for (let i = 0; i < 0x8000 + 10; i++) if (table.send(`${i}`) !== undefined) sent++;
	assert.equal(table.asks.count, sent);
	assert.ok(sent > 0x8000 - 10 && sent <= 0x8000, `${sent}`);
});
