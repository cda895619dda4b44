/** Goal: ids get numbers in the order in which they first appear. Method: beside a Map. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Numbering } from '../../../../src/lab/traces/numbering.ts';
import type { RequestId } from '../../../../src/lab/traces/request.ts';
import { scatter } from '../../../../src/workload/hash.ts';

test('any ids', () => {
	const id = fc.oneof(
		fc.nat(20),
		fc.maxSafeNat(),
		fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
		fc.bigInt({ min: 0n, max: 20n }),
		fc.constantFrom('1', '01', '', 'a', '-1'),
	);
	fc.assert(
		fc.property(fc.array(id), (ids) => {
			const numbering = new Numbering();
			const numbers = new Map<string, number>();
			for (const id of ids) {
				// A number and a bigint are the same, a text is not.
				const name = typeof id === 'string' ? `text ${id}` : `number ${id}`;
				if (!numbers.has(name)) numbers.set(name, numbers.size);
				assert.equal(numbering.of(id), numbers.get(name));
				assert.equal(numbering.count, numbers.size);
			}
		}),
	);
});

test('many ids, of all kinds in turn', () => {
	const numbering = new Numbering();
	const ids = Array.from({ length: 30_000 }, (_, i): RequestId => {
		const low = scatter(i) >>> 0;
		if (i % 3 === 0) return low;
		return i % 3 === 1 ? `name ${low}` : BigInt(low) << 32n;
	});
	for (let turn = 0; turn < 2; turn++) {
		for (const [number, id] of ids.entries()) assert.equal(numbering.of(id), number);
	}
	assert.equal(numbering.count, 30_000);
});

test('ids that no table of 64 bits holds', () => {
	const numbering = new Numbering();
	const odd = [-1, 0.5, -1n, 2n ** 64n, Number.POSITIVE_INFINITY, '2'];
	assert.deepEqual(
		[...odd, ...odd].map((id) => numbering.of(id)),
		[0, 1, 0, 2, 3, 4, 0, 1, 0, 2, 3, 4],
	);
});
