/**
 * `npm run bench`: petrel against a floor and against every other server on this machine. README.md says what is measured
 * and how to read it; `npm run bench -- --help` says how to run parts of it.
 */
import { rmSync } from 'node:fs';
import { buildPetrel } from './lib/build-petrel.ts';
import { compile, type Programs } from './lib/compile.ts';
import { House } from './lib/house.ts';
import type { Groups } from './lib/measurement.ts';
import { type Options, parseOptions, usage } from './lib/options.ts';
import { canPin, stopAll } from './lib/process.ts';
import { allPeers } from './peers/index.ts';
import type { Peer } from './peers/peer.ts';
import { checkTable } from './report/checks.ts';
import { circumstances, latestPath, type Results, resultsSchema, writeResults } from './report/results.ts';
import { scenarioTable } from './report/tables.ts';
import { scenarios } from './scenarios/index.ts';
import { writeReadme } from './write-readme.ts';

function chosen<Named extends { readonly name: string }>(
	all: readonly Named[],
	names: readonly string[] | undefined,
	what: string,
): Named[] {
	const unknown = names?.find((name) => all.every((one) => one.name !== name));
	const known = all.map(({ name }) => name).join(', ');
	if (unknown !== undefined) throw new Error(`no ${what} ${unknown}; there are: ${known}`);
	return all.filter(({ name }) => names === undefined || names.includes(name));
}

interface Presence {
	readonly present: readonly Peer[];
	readonly versions: Record<string, string>;
	readonly absent: Record<string, string>;
}

function lookFor(peers: readonly Peer[]): Presence {
	const present: Peer[] = [];
	const versions: Record<string, string> = {};
	const absent: Record<string, string> = {};
	for (const peer of peers) {
		const program = peer.find();
		if (program === undefined) {
			absent[peer.name] = `(${peer.install})`;
		} else {
			present.push(peer);
			versions[peer.name] = peer.version(program);
		}
	}
	return { present, versions, absent };
}

async function measure(options: Options, programs: Programs, built: string): Promise<Results> {
	const { present, versions, absent } = lookFor(chosen(allPeers(options, built), options.servers, 'server'));
	const house = new House(options, present, programs);
	for (const [name, text] of Object.entries(absent)) house.say(`${name} is not here ${text}`);
	if (!canPin) house.say('only one core, or no taskset: server and source share, so rates are void');
	const groups: Record<string, Groups> = {};
	try {
		for (const scenario of chosen(scenarios, options.only, 'scenario')) {
			house.say(scenario.name);
			groups[scenario.name] = await scenario.run(house);
			await stopAll();
		}
	} finally {
		await stopAll();
		house.remove();
	}
	const { failures } = house;
	return { schema: resultsSchema, ...circumstances(options), versions, absent, failures, scenarios: groups };
}

function report(results: Results, smoke: boolean): void {
	if (smoke) process.stdout.write('A smoke run: the numbers mean nothing.\n\n');
	for (const scenario of scenarios) {
		if (results.scenarios[scenario.name] === undefined) continue;
		process.stdout.write(`${scenarioTable(scenario, results)}\n\n`);
	}
	process.stdout.write(`${checkTable(results)}\n`);
	for (const failure of results.failures) process.stdout.write(`failed: ${failure}\n`);
}

async function main(): Promise<void> {
	const args = process.argv.slice(2);
	if (args.includes('--help')) {
		process.stdout.write(usage);
		return;
	}
	if (process.platform !== 'linux') throw new Error('it measures by /proc and recvmmsg, so it needs Linux');
	const options = parseOptions(args);
	const programs = compile();
	const built = buildPetrel();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => stopAll().then(() => process.exit(130)));
	}
	try {
		const results = await measure(options, programs, built);
		if (!options.smoke || options.json !== undefined) writeResults(options.json ?? latestPath, results);
		if (options.write) writeReadme(results);
		report(results, options.smoke);
		// A smoke run is there to fail when something does not run.
		if (options.smoke && results.failures.length > 0) process.exitCode = 1;
	} finally {
		rmSync(built, { recursive: true, force: true });
	}
}

main().catch((error: Error) => {
	process.stderr.write(`bench: ${error.message}\n`);
	process.exitCode = 1;
});
