/**
 * Goal: whatever JavaScript passes to the addon or writes into its memory, the addon refuses it or counts it, and goes on.
 * Method: wrong arguments by the table, random numbers all over the shared memory before every call, and a buffer that is
 * taken away; run again under the sanitizers (sanitized.test.ts). It has a process of its own, as every test file has.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadBinding, nativeCount } from '../../src/net/native/binding.ts';
import { randomBelow, seededRandom } from '../../src/util/random.ts';
import { skipNative } from '../unit/net/native.ts';
import { until } from '../unit/net/support.ts';

const { binding } = loadBinding();
const batches: number[] = [];
const rings: number[] = [];
const attached = binding?.attach(0, true, (handle, count) => {
	if (count === 0) rings.push(handle);
	else batches.push(count);
});

describe('the addon and a caller that is out of its mind', { skip: skipNative }, () => {
	const addon = binding as unknown as Record<string, (...args: unknown[]) => unknown>;
	const wrong: unknown[] = [
		undefined,
		null,
		-1,
		1.5,
		Number.NaN,
		2 ** 40,
		'',
		'x'.repeat(1000),
		{},
		[],
		() => {},
	];
	const anyTime = [
		-0,
		5e-324,
		-Number.MAX_VALUE,
		Number.MAX_VALUE,
		2 ** 31,
		2 ** 53,
		2 ** 63,
		1e15,
		1e15 - 1,
		999.999_999_999_9,
		Number.NEGATIVE_INFINITY,
		Number.POSITIVE_INFINITY,
	];
	const calls: Readonly<Record<string, readonly unknown[]>> = {
		attach: [0, true, () => {}],
		openListener: ['127.0.0.1', 0, 65_536, true],
		openUpstream: ['127.0.0.1', 53, 65_536],
		start: [1],
		flush: [1],
		steer: [1, 1, 2],
		drops: [1],
		setAlarm: [1, 1],
	};

	for (const [name, good] of Object.entries(calls)) {
		it(`${name}: wrong or missing arguments are refused with a code`, () => {
			for (let position = 0; position < good.length; position++) {
				assert.throws(() => addon[name](...good.slice(0, position)), hasCode);
				for (const value of wrong) {
					const args = good.map((argument, i) => (i === position ? value : argument));
					try {
						closeIfOpened(addon[name](...args));
					} catch (thrown) {
						assert.ok(hasCode(thrown), String(thrown));
					}
				}
			}
		});
	}

	it('numbers that are no socket: close does nothing, the others say EBADF', () => {
		for (const handle of [0, -1, 1, 4097, 8192, 2 ** 31 - 1]) {
			binding!.close(handle);
			assert.throws(() => binding!.start(handle), { code: 'EBADF' });
			assert.throws(() => binding!.setAlarm(handle, 1), { code: 'EBADF' });
		}
	});

	it('alarms are no sockets, and sockets no alarms: EBADF, or a datagram that is not sent', () => {
		const alarm = binding!.openAlarm();
		const { handle: listener } = binding!.openListener('127.0.0.1', 0, 65_536, false);
		for (const call of ['start', 'drops'] as const) {
			assert.throws(() => binding![call](alarm), { code: 'EBADF' });
		}
		assert.throws(() => binding!.steer(alarm, 1, 2), { code: 'EBADF' });
		assert.throws(() => binding!.setAlarm(listener, 1), { code: 'EBADF' });
		const { memory, layout } = attached!;
		const counts = new Uint32Array(memory, layout.countsAt, layout.countKinds);
		const before = counts[nativeCount.sendErrors];
		new Int32Array(memory, layout.outSocketAt, 1)[0] = alarm;
		assert.equal(binding!.flush(1), 0);
		assert.equal(counts[nativeCount.sendErrors], before + 1);
		binding!.close(listener);
		binding!.close(alarm);
		assert.throws(() => binding!.setAlarm(alarm, 1), { code: 'EBADF' });
	});

	it('an alarm that is set to anything: refused with a code, or set, and it still rings', async () => {
		const alarm = binding!.openAlarm();
		for (const value of [...wrong, ...anyTime, 1n]) {
			try {
				addon.setAlarm(alarm, value);
			} catch (thrown) {
				assert.ok(hasCode(thrown), String(thrown));
			}
		}
		for (const value of anyTime) binding!.setAlarm(alarm, value);
		assert.throws(() => binding!.setAlarm(alarm, Number.NaN), { code: 'ERR_INVALID_ARG_TYPE' });
		const before = rings.length;
		binding!.setAlarm(alarm, -1);
		await until(() => rings.length > before);
		binding!.close(alarm);
	});

	it('a second attach is refused', () => {
		assert.throws(() => binding!.attach(0, true, () => {}), { code: 'EALREADY' });
	});

	it('random numbers in every array, before every flush and in every batch', async () => {
		const { memory, layout } = attached!;
		const random = seededRandom(7);
		const words = new Uint32Array(memory);
		const listener = binding!.openListener('127.0.0.1', 0, 65_536, false);
		const { handle: upstream } = binding!.openUpstream('127.0.0.1', listener.port, 0);
		binding!.start(listener.handle);
		const client = createSocket('udp4');
		const sockets = new Int32Array(memory, layout.outSocketAt, layout.outSlots);
		for (let round = 0; round < 300; round++) {
			const last = layout.outAt / 4;
			for (let i = 0; i < last; i += 1 + randomBelow(random, 40)) words[i] = random.nextUint32();
			// Some that exist, or nothing would be sent.
			for (let i = 0; i < sockets.length; i += 3) sockets[i] = i % 2 ? listener.handle : upstream;
			binding!.flush(randomBelow(random, 1000));
			client.send('x', listener.port, '127.0.0.1');
			if (round % 10 === 0) await sleep(1);
		}
		await until(() => batches.length > 0);
		const counts = new Uint32Array(memory, layout.countsAt, layout.countKinds);
		assert.ok(counts[nativeCount.sendErrors] > 0);
		binding!.close(listener.handle);
		binding!.close(upstream);
		client.close();
		await once(client, 'close');
	});

	it('a buffer that is transferred away: nothing is read, written or sent any more', async () => {
		const listener = binding!.openListener('127.0.0.1', 0, 65_536, false);
		binding!.start(listener.handle);
		const alarm = binding!.openAlarm();
		const before = batches.length;
		const rung = rings.length;
		const taken = structuredClone(attached!.memory, { transfer: [attached!.memory] });
		assert.equal(attached!.memory.byteLength, 0);
		const client = createSocket('udp4');
		client.send('x', listener.port, '127.0.0.1');
		binding!.setAlarm(alarm, 0);
		await sleep(20);
		assert.equal(binding!.flush(10), 0);
		assert.equal(batches.length, before);
		assert.equal(rings.length, rung);
		assert.throws(() => binding!.start(listener.handle), { code: 'EBADF' }, 'its socket was closed');
		assert.throws(() => binding!.setAlarm(alarm, 0), { code: 'EBADF' }, 'and the alarm');
		assert.ok(taken.byteLength > 0);
		client.close();
	});
});

/** Some numbers that look wrong are taken for the port or size that they round to. */
function closeIfOpened(result: unknown): void {
	if (typeof result === 'number') binding!.close(result);
	else if (result !== undefined) binding!.close((result as { handle: number }).handle);
}

function hasCode(thrown: unknown): boolean {
	return thrown instanceof Error && typeof (thrown as NodeJS.ErrnoException).code === 'string';
}
