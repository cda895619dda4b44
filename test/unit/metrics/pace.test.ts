/** Goal: scrapes cost the main thread a thousandth of its time, and nobody gets a text older than the question. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacedRender } from '../../../src/metrics/registry/pace.ts';
import { VirtualClock } from '../../../src/util/clock.ts';

/** A renderer that takes `tookMs` of virtual time, and timers that ring when the clock is moved. */
function paced(tookMs: number) {
	const clock = new VirtualClock();
	const timers: { atMs: number; ring: () => void }[] = [];
	const begunMs: number[] = [];
	const state = { tookMs, fails: false, prepareMs: 0 };
	const render = new PacedRender({
		clock,
		prepare: async () => clock.advance(state.prepareMs),
		render: async (lastMs) => {
			begunMs.push(clock.nowMs());
			clock.advance(state.tookMs);
			if (state.fails) throw new Error('no');
			return `text ${begunMs.length}, the last took ${lastMs}`;
		},
		later: (delayMs, ring) => timers.push({ atMs: clock.nowMs() + delayMs, ring }),
	});
	const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
	const advanceTo = async (atMs: number): Promise<void> => {
		await settle();
		for (const timer of timers.splice(0)) {
			if (timer.atMs > atMs) {
				timers.push(timer);
				continue;
			}
			clock.advance(timer.atMs - clock.nowMs());
			timer.ring();
		}
		clock.advance(Math.max(0, atMs - clock.nowMs()));
		await settle();
	};
	return { clock, render, begunMs, state, timers, settle, advanceTo };
}

test('the first scrape is answered at once', async () => {
	const { render, begunMs, clock } = paced(2);
	const startMs = clock.nowMs();
	assert.equal(await render.scrape(), 'text 1, the last took undefined');
	assert.deepEqual(begunMs, [startMs]);
});

test('who comes too soon waits for the next rendering, and all who wait share it', async () => {
	const { render, begunMs, advanceTo, timers, settle } = paced(2);
	await render.scrape();
	const startMs = begunMs[0];
	const waiting = Promise.all([render.scrape(), render.scrape(), render.scrape()]);
	await settle();
	assert.deepEqual(
		timers.map(({ atMs }) => atMs),
		[startMs + 2000],
	);
	await advanceTo(startMs + 1999);
	assert.equal(begunMs.length, 1);
	await advanceTo(startMs + 2000);
	assert.deepEqual(await waiting, new Array(3).fill('text 2, the last took 2'));
	assert.deepEqual(begunMs, [startMs, startMs + 2000]);
});

test('who comes late enough is answered at once', async () => {
	const { render, begunMs, clock } = paced(2);
	await render.scrape();
	clock.advance(1998);
	await render.scrape();
	assert.equal(begunMs[1] - begunMs[0], 2000);
});

test('who comes while a text is rendered gets the next one, not one that is older than the question', async () => {
	const clock = new VirtualClock();
	const gates: PromiseWithResolvers<string>[] = [];
	const render = new PacedRender({
		clock,
		prepare: async () => {},
		render: () => gates[gates.push(Promise.withResolvers<string>()) - 1].promise,
		later: (_, ring) => ring(),
	});
	const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
	const first = render.scrape();
	await settle();
	const second = render.scrape();
	await settle();
	assert.equal(gates.length, 1);
	gates[0].resolve('first');
	assert.equal(await first, 'first');
	await settle();
	gates[1].resolve('second');
	assert.equal(await second, 'second');
});

test('a thousand scrapes in ten seconds take a thousandth of them', async () => {
	const { render, begunMs, advanceTo, clock, state } = paced(0.5);
	const startMs = clock.nowMs();
	const answers: Promise<string>[] = [];
	for (let i = 1; i <= 1000; i++) {
		answers.push(render.scrape());
		await advanceTo(startMs + i * 10);
	}
	await advanceTo(startMs + 20_000);
	assert.equal((await Promise.all(answers)).length, 1000);
	const inTime = begunMs.filter((ms) => ms < startMs + 10_000);
	assert.ok(inTime.length >= 14, `${inTime.length} renderings`);
	assert.ok(inTime.length * state.tookMs <= 11, `${inTime.length} renderings`);
});

test('nobody waits for more than five seconds, however long a rendering takes', async () => {
	const { render, timers, settle, clock } = paced(400);
	await render.scrape();
	const nowMs = clock.nowMs();
	void render.scrape();
	await settle();
	assert.ok(timers[0].atMs <= nowMs + 5000);
});

test('a rendering that fails is an error for those who wait, and the next one is tried', async () => {
	const { render, advanceTo, state, clock } = paced(1);
	state.fails = true;
	await assert.rejects(render.scrape(), { message: 'no' });
	state.fails = false;
	const next = render.scrape();
	await advanceTo(clock.nowMs() + 1000);
	assert.match(await next, /^text 2/);
});

test('what is gathered beside other work is not counted as rendering', async () => {
	const { render, state, clock, begunMs } = paced(1);
	state.prepareMs = 500;
	await render.scrape();
	clock.advance(1000);
	await render.scrape();
	assert.equal(begunMs.length, 2);
});

test('where a rendering rests between slices, its work alone counts', async () => {
	const clock = new VirtualClock();
	const delays: number[] = [];
	const render = new PacedRender({
		clock,
		prepare: async () => {},
		render: async () => void clock.advance(30),
		workMs: () => 2,
		later: (delayMs, ring) => {
			delays.push(delayMs);
			ring();
		},
	});
	await render.scrape();
	await render.scrape();
	assert.deepEqual(delays, [1970]);
});
