/** What petrel is held to, and whether a run shows it. */

import type { Measurement } from '../lib/measurement.ts';
import { floodGroup, singlesGroup } from '../scenarios/ports.ts';
import { medianOf, serversOf } from './numbers.ts';
import type { Results } from './results.ts';

export interface Check {
	readonly what: string;
	/** "≤" or "≥", of the value to the bounds. */
	readonly sense: '≤' | '≥' | '<';
	/** undefined: not measured in this run. */
	readonly value: number | undefined;
	readonly must: number | undefined;
	readonly aim?: number;
	readonly digits: number;
	/** What the value is compared with, or what stands in its way. */
	readonly remark?: string;
}

type Servers = Record<string, Measurement[]>;

const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
	a === undefined || b === undefined || b === 0 ? undefined : a / b;

function leastOf(
	servers: Servers,
	names: readonly string[],
	key: keyof Measurement,
): { name: string; value: number } | undefined {
	const measured = names.flatMap((name) => {
		const value = medianOf(servers, name, key);
		return value === undefined ? [] : [{ name, value }];
	});
	return measured.sort((a, b) => a.value - b.value)[0];
}

/** Without rounds that do not count for the figure; a server of which none is left is left out. */
function counted(servers: Servers, voidKey: 'rateVoid' | 'latencyVoid'): Servers {
	const rest = Object.entries(servers).map(([name, rounds]) => [
		name,
		rounds.filter((round) => round[voidKey] !== true),
	]);
	return Object.fromEntries(rest);
}

function rateCheck(servers: Servers, peer: string | undefined, must: number, aim: number): Check {
	const busy = counted(servers, 'rateVoid');
	const rateOf = (name: string): number | undefined => medianOf(busy, name, 'rateQps');
	const value = peer === undefined ? undefined : ratio(rateOf('petrel'), rateOf(peer));
	const absent = peer === undefined ? 'node-cache or coredns' : peer;
	return { what: `hit: rate on one core, × that of ${absent}`, sense: '≥', value, must, aim, digits: 2 };
}

function belowCheck(scenario: string, servers: Servers, names: readonly string[]): Check {
	const best = leastOf(servers, names, 'floorMultiple');
	const batch = medianOf(servers, 'dnsdist-batch', 'floorMultiple');
	const beside = batch === undefined ? '' : `; dnsdist with batches switched on: ${batch.toFixed(2)}`;
	return {
		what: `${scenario}: CPU a query, below ${names.join(', ')}`,
		sense: '<',
		value: medianOf(servers, 'petrel', 'floorMultiple'),
		must: best?.value,
		digits: 2,
		...(best === undefined ? {} : { remark: `best of them: ${best.name}${beside}` }),
	};
}

function hitChecks(results: Results): Check[] {
	const hit = serversOf(results, 'hit');
	const value = medianOf(hit, 'petrel', 'floorMultiple');
	const kubernetes = ['node-cache', 'coredns'].find((name) => hit[name] !== undefined);
	return [
		{ what: 'hit: CPU a query, × the floor', sense: '≤', value, must: 1.25, aim: 1.15, digits: 2 },
		belowCheck('hit', hit, ['dnsdist', 'unbound', 'recursor', 'knot-resolver']),
		rateCheck(hit, 'dnsmasq', 2.2, 2.6),
		rateCheck(hit, kubernetes, 2.5, 3),
	];
}

function missChecks(results: Results): Check[] {
	const miss = serversOf(results, 'miss');
	const tcp = serversOf(results, 'miss-tcp');
	const overTcp = ratio(medianOf(tcp, 'petrel', 'processorUs'), medianOf(tcp, 'coredns', 'processorUs'));
	const value = medianOf(miss, 'petrel', 'floorMultiple');
	const flood = medianOf(serversOf(results, 'ports', floodGroup), 'petrel', 'ports');
	const singles = medianOf(serversOf(results, 'ports', singlesGroup), 'petrel', 'ports');
	return [
		{ what: 'miss: CPU a query, × the floor', sense: '≤', value, must: 2.8, aim: 2.4, digits: 2 },
		belowCheck('miss', miss, ['dnsdist']),
		{ what: 'ports: under full load of misses, one worker', sense: '≥', value: flood, must: 64, digits: 0 },
		{ what: 'ports: of 200 queries one at a time', sense: '≥', value: singles, must: 100, digits: 0 },
		{
			what: "miss-tcp: CPU a query, × coredns's",
			sense: '≤',
			value: overTcp,
			must: 0.4,
			aim: 0.25,
			digits: 2,
		},
	];
}

function memoryChecks(results: Results): Check[] {
	const memory = serversOf(results, 'memory');
	const bytes = medianOf(memory, 'petrel', 'bytesPerName');
	const kept = medianOf(memory, 'petrel', 'keptShare');
	return [
		{ what: 'memory: octets of RSS a name', sense: '≤', value: bytes, must: 160, aim: 110, digits: 0 },
		{ what: 'memory: share of names kept', sense: '≥', value: kept, must: 0.97, digits: 3 },
	];
}

function scalingCheck(results: Results): Check {
	const [one, two] = ['1', '2'].map((group) => serversOf(results, 'scaling', group));
	const value = ratio(medianOf(two, 'petrel', 'processorUs'), medianOf(one, 'petrel', 'processorUs'));
	const batches = [one, two].map((servers) => medianOf(servers, 'petrel', 'batch')?.toFixed(1) ?? 'unknown');
	return {
		what: 'scaling: CPU a query with two workers, × with one',
		sense: '≤',
		value,
		must: 1.1,
		aim: 1.03,
		digits: 2,
		...(value === undefined ? {} : { remark: `mean batches: ${batches.join(' and ')}` }),
	};
}

function latencyCheck(results: Results): Check {
	const group = Object.keys(results.scenarios.latency ?? {}).find((name) => name.startsWith('50 %'));
	const servers = counted(serversOf(results, 'latency', group), 'latencyVoid');
	const peers = Object.keys(servers).filter((name) => name !== 'floor' && !name.startsWith('petrel'));
	const best = leastOf(servers, peers, 'p99Us');
	return {
		what: 'latency: p99 at 50 % load, × the best peer',
		sense: '≤',
		value: ratio(medianOf(servers, 'petrel', 'p99Us'), best?.value),
		must: 1.5,
		aim: 1,
		digits: 2,
		...(best === undefined ? {} : { remark: `best peer: ${best.name}` }),
	};
}

export function checks(results: Results): Check[] {
	return [
		...hitChecks(results),
		...missChecks(results),
		...memoryChecks(results),
		scalingCheck(results),
		latencyCheck(results),
	];
}

function holds(value: number, sense: Check['sense'], bound: number): boolean {
	if (sense === '≥') return value >= bound;
	return sense === '<' ? value < bound : value <= bound;
}

/** "yes", "NO", or "–" where there is nothing to compare. */
export function verdict({ value, sense }: Check, bound: number | undefined): string {
	if (value === undefined || bound === undefined) return '–';
	return holds(value, sense, bound) ? 'yes' : 'NO';
}

export function checkTable(results: Results): string {
	const row = (check: Check): string => {
		const { what, sense, value, must, aim, digits, remark } = check;
		const bound = (of: number | undefined): string => {
			if (of === undefined) return '–';
			const limit = Number.isInteger(of) ? String(of) : of.toFixed(2);
			return `${sense} ${limit}: ${verdict(check, of)}`;
		};
		const measured = value === undefined ? 'not measured' : `**${value.toFixed(digits)}**`;
		const text = remark === undefined ? what : `${what} (${remark})`;
		return `| ${text} | ${measured} | ${bound(must)} | ${bound(aim)} |`;
	};
	return ['| | measured | must | aim |', '| --- | --- | --- | --- |', ...checks(results).map(row)].join('\n');
}
