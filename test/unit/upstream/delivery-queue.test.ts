/**
 * Goal: what waits leaves at its time, the earliest first, and nothing waits beyond the bound.
 * Method: the queue against a sorted list; `Deliveries` over a transport whose clock, alarm and listener are made up.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deliveries } from '../../../src/load/upstream/deliveries.ts';
import { DeliveryQueue } from '../../../src/load/upstream/delivery-queue.ts';
import type { UdpListener, UdpTransport } from '../../../src/net/transport.ts';

const step = fc.oneof(
	fc.record({ add: fc.nat(50), long: fc.boolean(), call: fc.boolean() }),
	fc.record({ run: fc.nat(60) }),
);

test('it is a list sorted by time and order', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
			const queue = new DeliveryQueue(32);
			const model: { dueMs: number; number: number }[] = [];
			const got: number[] = [];
			const wanted: number[] = [];
			for (const [number, step] of steps.entries()) {
				if ('run' in step) {
					const due = model.filter(({ dueMs }) => dueMs <= step.run);
					due.sort((a, b) => a.dueMs - b.dueMs || a.number - b.number);
					wanted.push(...due.map((entry) => entry.number));
					for (const entry of due) model.splice(model.indexOf(entry), 1);
					queue.run(step.run, (client, octets, start, length) => {
						assert.equal(octets[start], client & 0xff, 'the octets are those of the client');
						assert.ok(octets.subarray(start, start + length).every((octet) => octet === octets[start]));
						got.push(client);
					});
				} else {
					const octets = new Uint8Array(step.long ? 700 : 40).fill(number);
					const added = step.call
						? queue.addCall(step.add, () => got.push(number))
						: queue.addReply(step.add, number, octets, 3, octets.length - 3);
					octets.fill(0);
					assert.equal(added, model.length < 32);
					if (added) model.push({ dueMs: step.add, number });
				}
				assert.equal(queue.size, model.length);
				assert.equal(queue.nextDueMs, Math.min(Number.POSITIVE_INFINITY, ...model.map(({ dueMs }) => dueMs)));
			}
			assert.deepEqual(got, wanted);
		}),
		{ numRuns: 300 },
	);
});

test('cleared it has forgotten everything', () => {
	const queue = new DeliveryQueue(8);
	queue.addCall(1, () => assert.fail());
	queue.addReply(1, 1, new Uint8Array(9), 0, 9);
	queue.clear();
	assert.deepEqual([queue.size, queue.nextDueMs], [0, Number.POSITIVE_INFINITY]);
	queue.run(10, () => assert.fail());
});

/** A world whose time moves when told, with an alarm that rings in it. */
class World {
	readonly times = new Float64Array(2);
	readonly sent: [atMs: number, client: number][] = [];
	readonly deliveries: Deliveries;
	flushes = 0;
	rings = 0;
	#nextClient = 1;
	#atMs = Number.POSITIVE_INFINITY;
	#onAlarm = (): void => {};
	released = 0;

	constructor(maxWaiting: number, retained = 1000) {
		const transport = {
			times: this.times,
			markBegin() {},
			flush: () => void this.flushes++,
			openAlarm: (onAlarm: () => void) => {
				this.#onAlarm = onAlarm;
				return {
					set: (atMs: number) => void (this.#atMs = atMs),
					clear: () => void (this.#atMs = Number.POSITIVE_INFINITY),
					close() {},
				};
			},
		};
		this.deliveries = new Deliveries(transport as unknown as UdpTransport, maxWaiting);
		this.deliveries.listener = {
			retain: () => (this.#nextClient > retained ? 0 : this.#nextClient++),
			release: () => void this.released++,
			reply: (client: number) => this.sent.push([this.times[0], client]),
		} as unknown as UdpListener;
	}

	ask(afterMs: number): void {
		this.deliveries.reply(0, afterMs, new Uint8Array(20), 0, 20);
	}

	advance(toMs: number): void {
		while (this.#atMs <= toMs) {
			this.times[0] = this.#atMs;
			this.#atMs = Number.POSITIVE_INFINITY;
			this.rings++;
			this.#onAlarm();
		}
		this.times[0] = toMs;
	}
}

test('answers leave when they are due', () => {
	const world = new World(16);
	for (const afterMs of [5.25, 1, 0, 30]) world.ask(afterMs);
	world.deliveries.settle();
	assert.deepEqual(world.sent, [[0, 3]], 'what is due at once leaves at once');
	world.advance(6);
	world.deliveries.settle();
	world.advance(50);
	assert.deepEqual(world.sent, [
		[0, 3],
		[1, 2],
		[5.25, 1],
		[30, 4],
	]);
});

test('what is due almost together leaves together, and never early', () => {
	const world = new World(1000);
	const dues = Array.from({ length: 500 }, (_, i) => 1 + ((i * 7919) % 500) / 500);
	for (const dueMs of dues) world.ask(dueMs);
	world.deliveries.settle();
	world.advance(3);
	assert.equal(world.sent.length, 500);
	for (const [atMs, client] of world.sent) {
		const lateMs = atMs - dues[client - 1];
		assert.ok(lateMs >= 0 && lateMs <= 0.051, `${lateMs} ms late`);
	}
	assert.ok(world.rings <= 25, `${world.rings} rings in a millisecond and a bit`);
});

test('a turn that comes by sends what is due, too', () => {
	const world = new World(16);
	world.ask(1);
	world.deliveries.settle();
	world.times[0] = 1.5;
	world.deliveries.settle();
	assert.deepEqual(world.sent, [[1.5, 1]]);
	world.advance(10);
	assert.equal(world.rings, 0, 'the alarm was taken back');
});

test('what finds no room is dropped, released and counted', () => {
	const world = new World(3, 4);
	for (let i = 0; i < 6; i++) world.ask(1);
	world.deliveries.after(1, () => assert.fail());
	assert.deepEqual([world.deliveries.dropped, world.released], [4, 1]);
	let calls = 0;
	world.deliveries.after(0, () => calls++);
	assert.equal(calls, 1, 'what is due at once does not wait');
	world.deliveries.settle();
	world.advance(2);
	assert.equal(world.sent.length, 3);
});

test('cleared, nothing rings and nothing is sent', () => {
	const world = new World(16);
	world.ask(1);
	world.deliveries.settle();
	world.deliveries.clear();
	world.advance(5);
	assert.deepEqual([world.rings, world.sent.length], [0, 0]);
	world.ask(1);
	world.deliveries.settle();
	world.advance(10);
	assert.deepEqual(world.sent, [[6, 2]]);
});
