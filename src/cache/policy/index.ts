import { assert } from '../../util/assert.ts';
import { clock } from './clock.ts';
import { fifo } from './fifo.ts';
import type { EvictionPolicy } from './policy.ts';
import { s3Fifo } from './s3-fifo.ts';
import { sieve } from './sieve.ts';

export interface EvictionPolicyRow {
	/** As in `petrel serve --policy`. */
	readonly name: string;
	/** One line. */
	readonly help: string;
	readonly policy: EvictionPolicy;
}

/** What the shared cache can evict by; the first is the one that is taken unless another is asked for. */
export const evictionPolicies: readonly [EvictionPolicyRow, ...EvictionPolicyRow[]] = [
	{
		name: 's3-fifo',
		help: 'newcomers on probation in a sixteenth of a bucket, the others by CLOCK',
		policy: s3Fifo,
	},
	{
		name: 'sieve',
		help: 'a hand spares what was asked for, where it is; denials have at most a quarter of a bucket',
		policy: sieve,
	},
	{
		name: 'clock',
		help: 'what was asked for comes around once more; denials have at most a quarter of a bucket',
		policy: clock,
	},
	{
		name: 'fifo',
		help: 'what came first goes first; denials have at most a quarter of a bucket',
		policy: fifo,
	},
];

/** @param name one of the table */
export function evictionPolicyNamed(name: string): EvictionPolicy {
	const row = evictionPolicies.find((row) => row.name === name);
	assert(row !== undefined, 'the policy is one of the table');
	return row.policy;
}

export const defaultEvictionPolicy = evictionPolicies[0];
