/** Requests for tests, written one an element, and caches to run them through. */
import { allPolicies } from '../../../../src/lab/policies/index.ts';
import type { LabCache } from '../../../../src/lab/simulate/lab-cache.ts';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import { openPolicy, type PolicyRun } from '../../../../src/lab/simulate/open-policy.ts';
import { outcome, RequestBuilder, type Requests } from '../../../../src/lab/simulate/requests.ts';
import type { SimulationResult } from '../../../../src/lab/simulate/result.ts';
import type { SimulationSettings } from '../../../../src/lab/simulate/settings.ts';
import { Simulation } from '../../../../src/lab/simulate/simulation.ts';

export interface TestRequest {
	readonly atSec: number;
	readonly key: number;
	readonly outcome?: number;
	readonly ttlSec?: number;
	readonly size?: number;
	readonly rttUs?: number;
}

export function requestsOf(rows: readonly TestRequest[]): Requests {
	const builder = new RequestBuilder();
	for (const row of rows) {
		builder.add(
			row.atSec * 1000,
			row.key,
			row.outcome ?? outcome.positive,
			row.ttlSec ?? 60,
			row.size ?? 100,
			row.rttUs ?? 0,
		);
	}
	return builder.take();
}

/** One request a second from 0 on, all alike. */
export function inTurn(keys: readonly number[], rest: Partial<TestRequest> = {}): Requests {
	return requestsOf(keys.map((key, i) => ({ atSec: i, key, ...rest })));
}

/** A cache of a policy from the table, for these requests. */
export function cacheOf(
	name: string,
	entries: number,
	requests: Requests,
	more: Partial<PolicyRun> = {},
): LabCache {
	const row = allPolicies.find((row) => row.name === name);
	if (row === undefined) throw new Error(`no policy ${name}`);
	return openPolicy({
		make: row.make,
		capacity: { unit: 'entries', entries },
		seed: 1,
		nextUse: nextUses(requests.keys),
		...more,
	});
}

export function simulate(
	cache: LabCache,
	requests: Requests,
	settings: SimulationSettings = {},
): SimulationResult {
	const simulation = new Simulation(cache, { requests: requests.count, ...settings });
	simulation.run(requests);
	return simulation.result();
}
