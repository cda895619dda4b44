/** The results as Markdown: what stands in `bench/README.md` between its markers. */
import { floorName } from '../lib/house.ts';
import type { Measurement } from '../lib/measurement.ts';
import { spreadText } from '../lib/spread.ts';
import { scenarios } from '../scenarios/index.ts';
import type { Column, Scenario } from '../scenarios/scenario.ts';
import { checkTable } from './checks.ts';
import { isVoid, spreadFor } from './numbers.ts';
import type { Results } from './results.ts';

/** Of what was asked; more than this is said below the table. */
const lostShareMax = 0.001;

function cell(rounds: readonly Measurement[], column: Column): string {
	const spread = spreadFor(rounds, column);
	if (spread === undefined) return '–';
	return spreadText(spread, column.digits) + (isVoid(rounds, column) ? ' void' : '');
}

/** Best first by the first column; the floor, which is no competitor, before all. */
function ordered(servers: Record<string, Measurement[]>, column: Column): string[] {
	const rank = (name: string): number =>
		name === floorName ? -1 : (spreadFor(servers[name], column)?.median ?? Number.MAX_VALUE);
	return Object.keys(servers).sort((a, b) => rank(a) - rank(b));
}

function lossNotes(scenario: Scenario, results: Results): string[] {
	return Object.entries(results.scenarios[scenario.name]).flatMap(([group, servers]) =>
		Object.entries(servers).flatMap(([name, rounds]) => {
			const worst = Math.max(
				0,
				...rounds.map(({ lostShare = 0, failedShare = 0 }) => lostShare + failedShare),
			);
			const where = group === '' ? '' : ` (${scenario.groupTitle} ${group})`;
			const text = `${name}${where} left up to ${(100 * worst).toFixed(1)} % of a round's queries without an answer.`;
			return worst > lostShareMax ? [text] : [];
		}),
	);
}

/** One scenario: heading, method, table. */
export function scenarioTable(scenario: Scenario, results: Results): string {
	const groups = Object.entries(results.scenarios[scenario.name]);
	const titles = ['server', ...scenario.columns.map(({ title }) => title)];
	if (scenario.groupTitle !== undefined) titles.unshift(scenario.groupTitle);
	const rows = groups.flatMap(([group, servers]) =>
		ordered(servers, scenario.columns[0]).map((name) => {
			const cells = [name, ...scenario.columns.map((column) => cell(servers[name], column))];
			return scenario.groupTitle === undefined ? cells : [group, ...cells];
		}),
	);
	const lines = [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
	const notes = lossNotes(scenario, results);
	return [
		`### ${scenario.title}`,
		'',
		scenario.method,
		'',
		...lines,
		...(notes.length > 0 ? ['', ...notes] : []),
	].join('\n');
}

function machineText(results: Results): string {
	const { machine, settings, versions, absent, failures } = results;
	const list = (of: Readonly<Record<string, string>>): string =>
		Object.entries(of)
			.map(([name, text]) => `${name} ${text}`)
			.join(', ');
	const lines = [
		`Measured ${results.date} at commit ${results.commit}: ${machine.cores} cores of ${machine.processor}, ${machine.memoryGib} GiB, Linux ${machine.kernel}, Node.js ${results.node}; ${settings.rounds} rounds of ${settings.seconds} s each, window ${settings.window}.`,
		`Servers: ${list(versions)}.`,
	];
	if (Object.keys(absent).length > 0) lines.push(`Not here: ${list(absent)}.`);
	if (failures.length > 0) lines.push(`Failed: ${failures.join('; ')}.`);
	return lines.join('\n\n');
}

/** Everything that is made from the results. */
export function reportText(results: Results): string {
	const measured = scenarios.filter(({ name }) => results.scenarios[name] !== undefined);
	return [
		machineText(results),
		['### What is asked of petrel', '', checkTable(results)].join('\n'),
		...measured.map((scenario) => scenarioTable(scenario, results)),
	].join('\n\n');
}
