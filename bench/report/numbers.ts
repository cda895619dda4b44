import type { Measurement } from '../lib/measurement.ts';
import { type Spread, spreadOf } from '../lib/spread.ts';
import type { Column } from '../scenarios/scenario.ts';
import type { Results } from './results.ts';

/** The servers of a scenario's group, by name; none if it was not run. */
export function serversOf(results: Results, scenario: string, group = ''): Record<string, Measurement[]> {
	return results.scenarios[scenario]?.[group] ?? {};
}

/** Whether half of the rounds or more do not count for this column. */
export function isVoid(rounds: readonly Measurement[], { voidKey }: Column): boolean {
	if (voidKey === undefined) return false;
	return rounds.filter((round) => round[voidKey] === true).length * 2 >= rounds.length;
}

/**
 * What a column shows of a server's rounds: those that count, or all of them if most do not. undefined if it was not
 * measured.
 */
export function spreadFor(rounds: readonly Measurement[], column: Column): Spread | undefined {
	const { key, unit = 1, voidKey } = column;
	const shown =
		voidKey === undefined || isVoid(rounds, column)
			? rounds
			: rounds.filter((round) => round[voidKey] !== true);
	const values = shown.map((round) => round[key]).filter((value) => typeof value === 'number');
	return values.length === 0 ? undefined : spreadOf(values.map((value) => value / unit));
}

/** The median of one figure of a server; undefined if it was not measured. */
export function medianOf(
	servers: Record<string, Measurement[]>,
	server: string,
	key: keyof Measurement,
): number | undefined {
	return spreadFor(servers[server] ?? [], { title: '', key, digits: 0 })?.median;
}
