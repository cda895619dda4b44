/** Goal: a fault on a query's way costs that query and nothing else. Method: sockets that throw once, virtual time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OneEngine } from '../../fuzz/one-engine.ts';

/** www.example. A, RD set. */
const query = Buffer.from('12340100000100000000000003777777076578616d706c650000010001', 'hex');

class FaultyEngine extends OneEngine {
	faulty = true;

	override askUdp(upstream: number, octets: Uint8Array, start: number, length: number): number {
		if (this.faulty) throw new Error('a fault');
		return super.askUdp(upstream, octets, start, length);
	}
}

test('clients whose question met a fault are answered in time, and the question can be asked again', () => {
	const one = new FaultyEngine();
	assert.throws(() => one.query(query, false), /a fault/);
	one.faulty = false;
	one.query(query, false);
	assert.equal(one.owed, 2);
	one.advance(4600);
	assert.equal(one.owed, 0);
	assert.equal(one.engine.pendingCount, 0);
	one.advance(6000);
	one.query(query, false);
	assert.equal(one.asked.length, 1, 'asked anew when the failure is no longer held');
});

test('clients are answered in time even if the fault is met when it is asked again', () => {
	const one = new FaultyEngine();
	one.faulty = false;
	one.query(query, false);
	one.faulty = true;
	assert.throws(() => one.advance(2000), /a fault/);
	one.faulty = false;
	one.advance(4600);
	assert.equal(one.owed, 0);
	assert.equal(one.engine.pendingCount, 0);
});
