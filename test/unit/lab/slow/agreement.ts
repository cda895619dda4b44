import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/lab/policy.ts';
import type { Request } from './requests.ts';
import type { SlowPolicy } from './slow-policy.ts';

/** Runs both over the requests: every one of them is a hit for both or for none. Returns the hits. */
export function countHitsOfBoth(policy: Policy, slow: SlowPolicy, requests: Iterable<Request>): number {
	let hits = 0;
	let number = 0;
	for (const { key, size, expired } of requests) {
		number++;
		if (expired && policy.has(key)) {
			policy.remove(key);
			policy.put(key, size, Number.POSITIVE_INFINITY);
			slow.expire(key, size);
			continue;
		}
		const isHit = policy.get(key);
		if (!isHit) policy.put(key, size, Number.POSITIVE_INFINITY);
		const expected = slow.request(key, size);
		if (isHit !== expected) {
			assert.fail(
				`request ${number}, for key ${key}: hit is ${isHit}, by the second implementation ${expected}`,
			);
		}
		if (isHit) hits++;
	}
	return hits;
}
