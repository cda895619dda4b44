import assert from 'node:assert/strict';
import { load } from '../config/support.ts';

/** Every result is a Corefile. */
export function assertLoads(corefile: string): void {
	assert.deepEqual(load(corefile).errors, [], corefile);
}
