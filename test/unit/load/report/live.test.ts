import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Live, renderInterval, renderLive } from '../../../../src/load/report/live.ts';
import { fakeMeasured, steps } from './support.ts';

const live: Live = {
	label: '127.0.0.1:5300',
	elapsedSec: 4.02,
	totalSec: 30,
	recent: fakeMeasured({ answersUs: steps(1000, 1), lost: 2 }),
	recentSec: 0.5,
	lost: 1234,
};

test('the live line shows the last second', () => {
	assert.equal(
		renderLive(live, 120),
		'127.0.0.1:5300  4s of 30s  sent 2,004/s  answered 2,000/s  lost 1,234  p50 501µs  p99 992µs',
	);
	assert.equal(
		renderLive({ ...live, label: '', totalSec: undefined, recent: fakeMeasured(), recentSec: 0 }, 120),
		'4s  sent -  answered -  lost 1,234  p50 -  p99 -',
	);
});

test('what matters least is left out where there is no room', () => {
	assert.equal(renderLive(live, 60), '4s of 30s  answered 2,000/s  lost 1,234  p99 992µs');
	assert.equal(renderLive(live, 9), '4s of 30s');
	assert.equal(renderLive(live, 4), '4s o');
});

test('the live line is one line within the width', () => {
	fc.assert(
		fc.property(fc.string(), fc.nat(150), fc.nat(1e9), (label, columns, lost) => {
			const line = renderLive({ ...live, label, lost }, columns);
			assert.ok(line.length <= columns);
			assert.doesNotMatch(line, /\p{Cc}/u);
		}),
	);
});

test('an interval is a line, with what went wrong only where it did', () => {
	const measured = fakeMeasured({ answersUs: steps(100, 10) });
	assert.equal(
		renderInterval({ fromSec: 2, toSec: 3, warmup: false, measured }),
		'3.0s  sent 100/s  answered 100/s  late 0  lost 0  p50 500µs  p99 990µs  max 1ms',
	);
	const bad = fakeMeasured({
		answersUs: steps(100, 10),
		lateUs: [2_100_000],
		lost: 9,
		sendErrors: 2,
		notOffered: 3,
		rcodes: { 2: 4, 3: 50 },
	});
	assert.equal(
		renderInterval({ fromSec: 0, toSec: 0.5, warmup: true, measured: bad }),
		'0.5s  sent 220/s  answered 200/s  late 1  lost 9  send errors 2  not offered 3  failed 4  ' +
			'p50 550µs  p99 ≥2s  max ≥2.1s  (warm-up)',
	);
});
