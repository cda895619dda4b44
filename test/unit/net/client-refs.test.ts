import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientRefs } from '../../../src/net/client-refs.ts';

describe('ClientRefs', () => {
	it('gives out as many different positive numbers as it has room for, then 0', () => {
		const refs = new ClientRefs(8);
		const taken = Array.from({ length: 8 }, () => refs.take());
		assert.equal(new Set(taken).size, 8);
		assert.deepEqual(taken.map((ref) => refs.slotOf(ref)).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
		assert.ok(refs.full);
		assert.equal(refs.take(), 0);
	});

	it('finds no slot behind 0, a freed number or one that it never gave out', () => {
		const refs = new ClientRefs(4);
		const ref = refs.take();
		refs.free(refs.slotOf(ref));
		assert.deepEqual(
			[0, ref, -1, 2 ** 31 - 1].map((each) => refs.slotOf(each)),
			[-1, -1, -1, -1],
		);
	});

	it('stays in (0, 2^31) and tells the users of a slot apart when generations wrap', () => {
		const refs = new ClientRefs(65_536);
		const generations = 2 ** 15 - 1;
		for (let i = 1; i < refs.capacity; i++) refs.take();
		const first = refs.take();
		let before = first;
		refs.free(refs.slotOf(first));
		for (let i = 1; i < generations; i++) {
			const ref = refs.take();
			assert.ok(ref > 0 && ref < 2 ** 31 && ref !== first);
			assert.equal(refs.slotOf(before), -1);
			before = ref;
			refs.free(refs.slotOf(ref));
		}
		assert.equal(refs.take(), first);
	});

	it('accepts a power of two only', () => {
		for (const capacity of [0, 1, 3, 1000, 131_072]) assert.throws(() => new ClientRefs(capacity));
	});
});
