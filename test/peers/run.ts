/**
 * `npm run test:peers`: the same messages to a real CoreDNS and to petrel, with the same Corefile and the same scripted
 * upstreams. Every difference that is seen has to be one of `differences.ts`, and each of those has to be seen.
 */
import { parseArgs } from 'node:util';
import { NotFound } from '../support/integration/coredns.ts';
import type { PeerCase } from './case.ts';
import { allCases } from './cases/all.ts';
import { rowText } from './compare.ts';
import { findOrBuildCoredns } from './coredns.ts';
import { type CorefileResult, noCorefiles, runCorefiles } from './corefiles.ts';
import { type CaseResult, groupsOf, runGroup } from './houses.ts';
import { judge } from './judge.ts';

/** Groups at one time: mostly they wait for TTLs to pass. */
const groupsAtOnce = 4;

/** `--only T2,T53`: the inputs whose IDs begin so. */
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const cases = allCases.filter(({ id }) => only === undefined || only.some((start) => id.startsWith(start)));

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function runAll(program: string): Promise<CaseResult[]> {
	const groups: PeerCase[][] = groupsOf(cases);
	const results: CaseResult[] = [];
	const next = async (): Promise<void> => {
		for (let group = groups.shift(); group; group = groups.shift())
			results.push(...(await runGroup(program, group)));
	};
	await Promise.all(Array.from({ length: groupsAtOnce }, next));
	return results.sort((a, b) => (a.peerCase.id < b.peerCase.id ? -1 : 1));
}

async function corefilesOf(program: string): Promise<CorefileResult[]> {
	print('\nThe Corefiles that people have, run by CoreDNS on nodes of their own:');
	if (noCorefiles) {
		print(`  # SKIP all: ${noCorefiles}`);
		return [];
	}
	const results = await runCorefiles(program);
	for (const { name, failure } of results) print(`  ${name}.Corefile: ${failure ?? 'as expected of petrel'}`);
	return results;
}

const found = findOrBuildCoredns();
if (found instanceof NotFound) {
	print(`CoreDNS is not here: ${found.reason}`);
	for (const { id, what } of cases) print(`# SKIP ${id} ${what}`);
	print(`\n0 compared, ${cases.length} skipped`);
	if (found.mistaken) process.exitCode = 2;
} else {
	print(`CoreDNS ${found.version} and petrel, ${cases.length} inputs`);
	const started = performance.now();
	const results = await runAll(found.path);
	const verdict = judge(results, only === undefined);
	for (const { peerCase, differences, skipped } of results) {
		print(
			`\n${peerCase.id} ${peerCase.what}${skipped === undefined ? '' : `\n  # SKIP petrel refuses the Corefile: ${skipped}`}`,
		);
		for (const row of differences) print(`  ${rowText(row)}  [${verdict.idOf(row) ?? 'NOT EXPLAINED'}]`);
	}
	const corefiles = only === undefined ? await corefilesOf(found.path) : [];
	for (const line of verdict.summary) print(line);
	const wrong = corefiles.filter(({ failure }) => failure !== undefined);
	if (corefiles.length > 0)
		print(
			`${corefiles.length - wrong.length} Corefiles as expected by CoreDNS too, ${wrong.length} otherwise`,
		);
	print(`${Math.round((performance.now() - started) / 1000)} s`);
	process.exitCode = verdict.failed || wrong.length > 0 ? 1 : 0;
}
