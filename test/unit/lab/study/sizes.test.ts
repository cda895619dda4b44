/** Goal: sizes come out in order, each once, and shares are of the right unit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveBytesMin, sizesOf, usualSizes } from '../../../../src/lab/study/sizes.ts';
import { entries, octets, share } from './support.ts';

const dns = { isDns: true, footprint: { entries: 1000, bytes: 400_000 } };

test('entries first, then octets, ascending, without those that are the same', () => {
	const sizes = sizesOf([share(10), octets(5000), entries(70), octets(40_000), entries(7)], dns);
	assert.deepEqual(
		sizes.map(({ unit, amount }) => [unit, amount]),
		[
			['entries', 7],
			['entries', 70],
			['bytes', 5000],
			['bytes', 40_000],
		],
	);
	assert.equal(sizes[3].written, '10%');
});

test('shares of a trace without sizes are of entries, and of one with sizes of octets', () => {
	const same = { isDns: false, footprint: { entries: 500, bytes: 500 } };
	assert.deepEqual(sizesOf([share(10)], same), [{ written: '10%', unit: 'entries', amount: 50 }]);
	const sized = { isDns: false, footprint: { entries: 500, bytes: 9000 } };
	assert.deepEqual(sizesOf([share(10)], sized), [{ written: '10%', unit: 'bytes', amount: 900 }]);
});

test('usual sizes that are below a bucket of the live cache are left out, wanted ones are not', () => {
	const usual = sizesOf(usualSizes, dns);
	assert.ok(usual.every(({ amount }) => amount >= liveBytesMin) && usual.length === 5);
	assert.equal(sizesOf([share(1)], dns)[0].amount, 4000);
	const tiny = { isDns: true, footprint: { entries: 1, bytes: 90 } };
	assert.deepEqual(
		sizesOf(usualSizes, tiny).map(({ amount }) => amount),
		[90],
	);
});
