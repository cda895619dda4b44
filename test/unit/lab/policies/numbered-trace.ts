import { policies } from '../../../../src/lab/policies/index.ts';
import type { Policy } from '../../../../src/lab/policy.ts';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import { Numbering } from '../../../../src/lab/traces/numbering.ts';
import type { RequestStream } from '../../../../src/lab/traces/request-stream.ts';

/** A trace in memory, with keys in place of ids. */
export interface NumberedTrace {
	readonly timesSec: Float64Array;
	readonly keys: Uint32Array;
	readonly sizes: Uint32Array;
	readonly nextUse: Int32Array;
	readonly keyCount: number;
	/** What the file itself says of the next use. */
	readonly saidNextUse: Float64Array;
}

export async function numbered(stream: RequestStream): Promise<NumberedTrace> {
	const numbering = new Numbering();
	const columns = {
		times: [] as number[],
		keys: [] as number[],
		sizes: [] as number[],
		next: [] as number[],
	};
	for await (const batch of stream.batches()) {
		for (const { timeSec, id, size, nextUse } of batch) {
			columns.times.push(timeSec);
			columns.keys.push(numbering.of(id));
			columns.sizes.push(size);
			columns.next.push(nextUse);
		}
	}
	const keys = Uint32Array.from(columns.keys);
	return {
		timesSec: Float64Array.from(columns.times),
		keys,
		sizes: Uint32Array.from(columns.sizes),
		nextUse: nextUses(keys),
		keyCount: numbering.count,
		saidNextUse: Float64Array.from(columns.next),
	};
}

/** A policy of the table, made for a trace. */
export function policyFor(name: string, capacity: number, trace: NumberedTrace): Policy {
	const row = policies.find((row) => row.name === name);
	if (row === undefined) throw new Error(`no policy ${name}`);
	return row.make({ capacity, seed: 1, nextUse: trace.nextUse, keys: trace.keyCount });
}

export interface Misses {
	readonly requests: number;
	readonly bytes: number;
}

/**
 * Runs a policy over a trace.
 *
 * @param ttlSec how long an entry lasts from when it was put in; a hit does not renew it, and in the moment when its time is
 * over it can still be used
 */
export function missesOf(
	policy: Policy,
	{ keys, sizes, timesSec, keyCount }: NumberedTrace,
	ttlSec = Number.POSITIVE_INFINITY,
): Misses {
	const expiresSec = new Float64Array(keyCount);
	let requests = 0;
	let bytes = 0;
	for (let request = 0; request < keys.length; request++) {
		const key = keys[request];
		if (policy.has(key) && expiresSec[key] < timesSec[request]) policy.remove(key);
		else if (policy.get(key)) continue;
		requests++;
		bytes += sizes[request];
		expiresSec[key] = timesSec[request] + ttlSec;
		policy.put(key, sizes[request], Number.POSITIVE_INFINITY);
	}
	return { requests, bytes };
}

export function withUnitSizes(trace: NumberedTrace): NumberedTrace {
	return { ...trace, sizes: new Uint32Array(trace.keys.length).fill(1) };
}
