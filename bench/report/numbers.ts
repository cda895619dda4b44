import type { Measurement } from '../lib/measurement.ts';
import { type Spread, spreadOf } from '../lib/spread.ts';
import type { Column } from '../scenarios/scenario.ts';
import type { Results } from './results.ts';

/** The servers of a scenario's group, by name; none if it was not run. */
export function serversOf(results: Results, scenario: string, group = ''): Record<string, Measurement[]> {
	return results.scenarios[scenario]?.[group] ?? {};
}

/** What a column shows of a server's rounds; undefined if it was not measured. */
export function spreadFor(rounds: readonly Measurement[], { key, unit = 1 }: Column): Spread | undefined {
	const values = rounds.map((round) => round[key]).filter((value) => typeof value === 'number');
	return values.length === 0 ? undefined : spreadOf(values.map((value) => value / unit));
}

/** Whether half of the rounds or more do not count for this column. */
export function isVoid(rounds: readonly Measurement[], { voidKey }: Column): boolean {
	if (voidKey === undefined) return false;
	return rounds.filter((round) => round[voidKey] === true).length * 2 >= rounds.length;
}

/** The median of one figure of a server; undefined if it was not measured. */
export function medianOf(
	servers: Record<string, Measurement[]>,
	server: string,
	key: keyof Measurement,
): number | undefined {
	return spreadFor(servers[server] ?? [], { title: '', key, digits: 0 })?.median;
}
