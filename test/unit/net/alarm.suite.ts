/**
 * What every alarm must do, whatever it is made of. Method: real time, but never how late an alarm rings; that one does not
 * ring is seen when another, which was set to a later time, has rung.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Alarm } from '../../../src/net/alarm.ts';
import type { TransportName, UdpTransport } from '../../../src/net/transport.ts';
import { randomBelow, seededRandom } from '../../../src/util/random.ts';

const child = fileURLToPath(new URL('./alarm.child.ts', import.meta.url));

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function alarmSuite(name: TransportName, openTransport: () => UdpTransport): void {
	const transport = openTransport();
	const open: Alarm[] = [];

	function alarm(onAlarm: () => void): Alarm {
		const made = transport.openAlarm(onAlarm);
		open.push(made);
		return made;
	}

	function nowMs(): number {
		transport.markEnd();
		return transport.times[1];
	}

	/** Resolves when an alarm that is set to this time has rung, and whatever was due with it. */
	async function rungAt(atMs: number): Promise<void> {
		await new Promise<void>((resolve) => alarm(resolve).set(atMs));
		await nextTurn();
	}

	/** An alarm that notes when it rang. */
	function noting(): { alarm: Alarm; rang: number[] } {
		const rang: number[] = [];
		return { alarm: alarm(() => rang.push(transport.times[0])), rang };
	}

	describe(`alarm: ${name}`, () => {
		afterEach(() => {
			for (const each of open.splice(0)) each.close();
		});

		it('rings once, not before its time, and says when', async () => {
			const { alarm, rang } = noting();
			const atMs = nowMs() + 4.3;
			alarm.set(atMs);
			await rungAt(atMs + 6);
			assert.equal(rang.length, 1);
			assert.ok(rang[0] >= atMs, `${rang[0]} is before ${atMs}`);
			assert.ok(rang[0] <= nowMs());
		});

		it('begins a turn: its time is that of the ringing or later, and not before the alarm’s', async () => {
			const atMs = nowMs() + 1;
			const began = await new Promise<number>((resolve) =>
				alarm(() => {
					transport.markBegin();
					resolve(transport.times[0]);
				}).set(atMs),
			);
			assert.ok(began >= atMs && began <= nowMs());
		});

		it('is never early, set again and again from inside its own callback, by fractions of a millisecond', async () => {
			const random = seededRandom(11);
			const early: number[] = [];
			let rings = 0;
			let atMs = nowMs();
			await new Promise<void>((resolve) => {
				const made = alarm(() => {
					if (transport.times[0] < atMs) early.push(atMs - transport.times[0]);
					rings++;
					if (rings === 300) resolve();
					else {
						atMs = transport.times[0] + randomBelow(random, 1000) / 1700;
						made.set(atMs);
					}
				});
				made.set(atMs);
			});
			assert.deepEqual(early, []);
			assert.equal(rings, 300);
		});

		for (const [what, byMs] of [
			['just past', 0],
			['long past', 500],
			['before the clock’s beginning', 1e9],
			['without bounds', Number.POSITIVE_INFINITY],
		] as const) {
			it(`set to a time that is ${what}: rings at the next turn, not inside the call`, async () => {
				const { alarm, rang } = noting();
				alarm.set(nowMs() - byMs);
				assert.equal(rang.length, 0);
				await rungAt(nowMs() + 1);
				assert.equal(rang.length, 1);
			});
		}

		it('set to the time at which it has rung: rings once more', async () => {
			const { alarm, rang } = noting();
			const atMs = nowMs() + 0.5;
			for (let round = 1; round <= 3; round++) {
				alarm.set(atMs);
				alarm.set(atMs);
				await rungAt(nowMs() + 1);
				assert.equal(rang.length, round);
			}
		});

		it('set again: rings at the later setting only, whether that time is later or sooner', async () => {
			const later = noting();
			const sooner = noting();
			const startMs = nowMs();
			later.alarm.set(startMs + 1);
			later.alarm.set(startMs + 8);
			sooner.alarm.set(startMs + 60_000);
			sooner.alarm.set(startMs + 3);
			await rungAt(startMs + 5);
			assert.ok(later.rang.every((ms) => ms >= startMs + 8));
			assert.equal(sooner.rang.length, 1);
			await rungAt(startMs + 10);
			assert.equal(later.rang.length, 1);
			assert.ok(later.rang[0] >= startMs + 8);
		});

		it('set very often: rings once, at the last setting', async () => {
			const random = seededRandom(5);
			const { alarm, rang } = noting();
			const startMs = nowMs();
			for (let i = 0; i < 20_000; i++) alarm.set(startMs + randomBelow(random, 1_000_000) / 10_000);
			const atMs = nowMs() + 2.5;
			alarm.set(atMs);
			await rungAt(Math.max(atMs, startMs + 101));
			assert.equal(rang.length, 1);
			assert.ok(rang[0] >= atMs);
		});

		it('cleared: does not ring until it is set again', async () => {
			const { alarm, rang } = noting();
			alarm.clear();
			alarm.set(nowMs() + 1);
			alarm.clear();
			alarm.set(nowMs() - 1);
			alarm.clear();
			alarm.clear();
			await rungAt(nowMs() + 4);
			assert.deepEqual(rang, []);
			alarm.set(nowMs());
			await rungAt(nowMs() + 1);
			assert.equal(rang.length, 1);
		});

		it('cleared or closed by another alarm that is due in the same turn: does not ring', async () => {
			for (const end of ['clear', 'close'] as const) {
				let rings = 0;
				const pair: Alarm[] = [0, 1].map((at) =>
					alarm(() => {
						rings++;
						pair[1 - at][end]();
					}),
				);
				for (const each of pair) each.set(nowMs() - 1);
				await rungAt(nowMs() + 1);
				assert.equal(rings, 1);
			}
		});

		it('put off by another alarm that is due in the same turn: rings when that time has come', async () => {
			const rang: number[] = [];
			const laterMs = nowMs() + 4;
			const pair: Alarm[] = [0, 1].map((at) =>
				alarm(() => {
					rang.push(transport.times[0]);
					if (rang.length === 1) pair[1 - at].set(laterMs);
				}),
			);
			for (const each of pair) each.set(nowMs() - 1);
			await rungAt(laterMs + 1);
			assert.equal(rang.length, 2);
			assert.ok(rang[1] >= laterMs);
		});

		it('closed: does not ring, and nothing that is done to it matters', async () => {
			const { alarm, rang } = noting();
			alarm.set(nowMs() + 1);
			alarm.close();
			alarm.close();
			alarm.set(nowMs());
			alarm.clear();
			await rungAt(nowMs() + 3);
			assert.deepEqual(rang, []);
		});

		it('closed from inside its own callback: that was all', async () => {
			let rings = 0;
			const made = alarm(() => {
				rings++;
				made.set(nowMs());
				made.close();
			});
			made.set(nowMs());
			await rungAt(nowMs() + 2);
			assert.equal(rings, 1);
		});

		it('set to Infinity: does not ring, and may be set to a time again', async () => {
			const { alarm, rang } = noting();
			alarm.set(nowMs());
			alarm.set(Number.POSITIVE_INFINITY);
			await rungAt(nowMs() + 1);
			assert.deepEqual(rang, []);
			alarm.set(1e300);
			await rungAt(nowMs() + 1);
			assert.deepEqual(rang, []);
			alarm.set(nowMs());
			await rungAt(nowMs() + 1);
			assert.equal(rang.length, 1);
		});

		it('set to NaN: refused with a code, and rings as it was set before', async () => {
			const { alarm, rang } = noting();
			alarm.set(nowMs() + 1);
			assert.throws(() => alarm.set(Number.NaN), { code: 'ERR_INVALID_ARG_TYPE' });
			await rungAt(nowMs() + 2);
			assert.equal(rang.length, 1);
		});

		it('many alarms: each rings once, none early', async () => {
			const startMs = nowMs();
			const many = Array.from({ length: 100 }, (_, i) => ({ ...noting(), atMs: startMs + (i * 37) / 100 }));
			for (const each of many.toReversed()) each.alarm.set(each.atMs);
			await rungAt(startMs + 38);
			assert.ok(many.every(({ rang, atMs }) => rang.length === 1 && rang[0] >= atMs));
		});

		it('alarms are opened and closed in number without an end to it', async () => {
			for (let round = 0; round < 20; round++) {
				const many = Array.from({ length: 300 }, () => alarm(() => {}));
				for (const each of many) each.set(nowMs());
				for (const each of many) each.close();
				await nextTurn();
			}
		});

		for (const [what, expected] of [
			['set', 'rang'],
			['unset', ''],
			['cleared', ''],
			['rung', 'rang'],
			['throwing', 'caught rang'],
		] as const) {
			it(`keeps the process running only while it is to ring: ${what}`, async () => {
				const { stdout } = await promisify(execFile)(process.execPath, [child, name, what], {
					timeout: 30_000,
				});
				assert.equal(stdout.trim(), expected);
			});
		}
	});
}
