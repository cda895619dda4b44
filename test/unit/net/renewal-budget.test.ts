import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RenewalBudget } from '../../../src/net/renewal-budget.ts';

function takeAll(budget: RenewalBudget, nowMs: number): number {
	let taken = 0;
	while (budget.take(nowMs)) taken++;
	return taken;
}

describe('RenewalBudget', () => {
	it('is full at first, fills with time, and never holds more than a second brings', () => {
		const budget = new RenewalBudget(100, 5000);
		assert.equal(takeAll(budget, 5000), 100);
		assert.equal(takeAll(budget, 5000), 0);
		assert.equal(takeAll(budget, 5250), 25);
		assert.equal(takeAll(budget, 5255), 0);
		assert.equal(takeAll(budget, 5260), 1);
		assert.equal(takeAll(budget, 3_600_000), 100);
	});
});
