/** Goal: whatever becomes of the list of upstreams, work on what is no longer in it ends. Method: one engine, virtual time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OneEngine } from '../../fuzz/one-engine.ts';

/** www.example. A, RD set. */
const query = Buffer.from('12340100000100000000000003777777076578616d706c650000010001', 'hex');

class UnreachableEngine extends OneEngine {
	readonly tried: number[] = [];

	override askUdp(upstream: number): number {
		this.tried.push(upstream);
		if (this.tried.length > 1000) throw new Error('the engine tries without end');
		return 0;
	}
}

test('an upstream that is taken away is probed no more', () => {
	const one = new UnreachableEngine();
	one.engine.setUpstreamCount(0, 2);
	for (let i = 0; i < 4; i++) {
		one.query(query, false);
		one.advance(6000);
	}
	one.tried.length = 0;
	one.advance(2000);
	assert.ok(one.tried.length > 0, 'it is probed while it is there');
	one.engine.setUpstreamCount(0, 0);
	one.advance(1000);
	one.tried.length = 0;
	one.advance(10_000);
	assert.deepEqual(one.tried, []);
	assert.equal(one.engine.nextDeadlineMs(), Number.POSITIVE_INFINITY);
});

test('the probes of an upstream that stays go on when the one behind it is taken away', () => {
	const one = new UnreachableEngine();
	one.engine.setUpstreamCount(0, 2);
	one.query(query, false);
	one.advance(1000);
	one.engine.setUpstreamCount(0, 1);
	one.advance(600);
	one.query(query, false);
	one.advance(6000);
	one.query(query, false);
	one.tried.length = 0;
	one.advance(2000);
	assert.deepEqual(new Set(one.tried), new Set([0]));
});

test('a query that was under way to an upstream that is taken away starts no probes of it', () => {
	const one = new OneEngine();
	one.query(query, false);
	one.engine.setUpstreamCount(0, 0);
	one.advance(10_000);
	assert.equal(one.owed, 0);
	assert.equal(one.asked.length, 1, 'only the query itself');
	assert.equal(one.engine.nextDeadlineMs(), Number.POSITIVE_INFINITY);
});

test('with as many upstreams as a forward can have, all are tried; more are refused', () => {
	const one = new UnreachableEngine();
	one.engine.setUpstreamCount(0, 15);
	one.query(query, false);
	assert.equal(one.owed, 0, 'SERVFAIL, since nobody can be reached');
	assert.equal(new Set(one.tried).size, 15);
	assert.throws(() => one.engine.setUpstreamCount(0, 16), /up to 15/);
});
