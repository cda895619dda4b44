/** The comparison in a few lines: what stands in the README of the project between its markers. */
import { floorName } from '../lib/house.ts';
import { medianOf, serversOf } from './numbers.ts';
import type { Results } from './results.ts';

/** Variants of a server: they stand in bench/README.md only. */
const variant = /^(petrel|dnsdist)-/;

/** "0.47 ×", "–" where it was not measured. */
function multiple(results: Results, scenario: string, server: string): string {
	const value = medianOf(serversOf(results, scenario), server, 'floorMultiple');
	return value === undefined ? '–' : `${value.toFixed(value < 10 ? 2 : 1)} ×`;
}

function octets(results: Results, server: string): string {
	const value = medianOf(serversOf(results, 'memory'), server, 'bytesPerName');
	return value === undefined ? '–' : value.toFixed(0);
}

/** A table of CPU and memory, the cheapest hit first. */
export function summaryText(results: Results): string {
	const hit = serversOf(results, 'hit');
	const rank = (server: string): number => medianOf(hit, server, 'floorMultiple') ?? Number.MAX_VALUE;
	const servers = Object.keys(hit)
		.filter((server) => server !== floorName && !variant.test(server))
		.sort((a, b) => rank(a) - rank(b));
	const rows = servers.map(
		(server) =>
			`| ${server} | ${multiple(results, 'hit', server)} | ${multiple(results, 'miss', server)} | ${octets(results, server)} |`,
	);
	return [
		'| one core | CPU of a cached query | CPU of a miss | memory a cached name, octets |',
		'| --- | --- | --- | --- |',
		...rows,
	].join('\n');
}
