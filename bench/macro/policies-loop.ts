/**
 * Whether `petrel policies` foretells what a server does: one log (bench/lib/loop-workload.ts) is simulated, and asked at its
 * times of a running one: petrel load → petrel serve → petrel upstream, whose count of queries is the true number of misses. Exit
 * code 1 if a hit ratio lies more than one point off.
 *
 * The server's cache is small, so that its eviction policy matters. Of `--cache-size` an eighth is for answers above 4 KiB, of
 * which there are none here: the simulated size is what is left.
 *
 *     node bench/macro/policies-loop.ts [--rate 10000] [--seconds 15] [--smoke]
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evictionPolicies } from '../../src/cache/policy/index.ts';
import { largeShare } from '../../src/engine/shared-state.ts';
import { buildPetrel } from '../lib/build-petrel.ts';
import { LoadRun, petrelCommand } from '../lib/load.ts';
import { type Workload, writeWorkload } from '../lib/loop-workload.ts';
import { Program, stopAll } from '../lib/process.ts';
import { startServing } from '../lib/serving.ts';
import { Upstream } from '../lib/upstream.ts';

export interface Situation {
	readonly name: string;
	readonly workload: Workload;
	/** Of the server's cache. */
	readonly policy: string;
}

export interface Outcome {
	/** In percent. */
	readonly served: number;
	readonly simulated: number;
	readonly queries: number;
	readonly lostOrLate: number;
	readonly voidReasons: readonly string[];
}

export const pointsAllowed = 1;
/** Longer than any run. */
const longTtlSec = 3600;
const cacheKib = 1024;
const patience = ['--max-lag', '20s'];
const endMs = 60_000;

/** @param cores of the cache and of the others; left out: whichever */
export async function measure(
	built: string,
	{ workload, policy }: Situation,
	[cacheCore, otherCore]: readonly [number?, number?] = [],
): Promise<Outcome> {
	const upstream = await Upstream.start(built, [], otherCore);
	const log = join(built, 'loop.log');
	await writeWorkload(log, workload, upstream.place);
	const cache = await startServing({
		built,
		upstream: upstream.place,
		cacheKib,
		core: cacheCore,
		args: ['--policy', policy],
	});
	const before = await upstream.seen();
	const seconds = workload.queries / workload.ratePerSec;
	const duration = ['--duration', `${Math.ceil(seconds) + 1}s`];
	const args = ['--trace', log, '--warmup', '0', '--timeout', '10s', ...duration, ...patience];
	const run = await LoadRun.start({ built, targets: [cache.place], args, core: otherCore });
	const report = await run.report(seconds * 1000 + endMs);
	await cache.program.stop();
	if (report.due !== workload.queries)
		throw new Error(`${report.due} of ${workload.queries} queries were asked`);
	const asked = (await upstream.end()).total - before.total;
	return {
		served: 100 * (1 - asked / report.sent),
		simulated: await simulate(built, log, policy),
		queries: report.sent,
		lostOrLate: report.lost + report.late,
		voidReasons: report.rounds.flatMap((round) => round.void_reasons),
	};
}

async function simulate(built: string, log: string, policy: string): Promise<number> {
	const json = join(built, 'policies.json');
	const size = `${cacheKib * (1 - largeShare)}KiB`;
	const args = ['policies', log, '--policy', `petrel-${policy}`, '--size', size, '--quiet', '--json', json];
	const program = await Program.start(petrelCommand(built, args));
	if ((await program.end(endMs)) !== 0) throw new Error(`petrel policies ends with: ${program.errors}`);
	const { runs } = JSON.parse(readFileSync(json, 'utf8'));
	return 100 * runs[0].result.hitRatio.byRequests;
}

function situations(ratePerSec: number, seconds: number): Situation[] {
	const queries = Math.round(ratePerSec * seconds);
	const all = {
		queries,
		ratePerSec,
		names: 30_000,
		exponent: 0.9,
		ttlSec: longTtlSec,
		deniedShare: 0.05,
		seed: 1,
	};
	return [
		...evictionPolicies.map(({ name: policy }) => ({ name: 'nothing expires', workload: all, policy })),
		{ name: 'TTL 3 s', workload: { ...all, ttlSec: 3, seed: 2 }, policy: 's3-fifo' },
		{ name: '75 % NXDOMAIN', workload: { ...all, deniedShare: 0.75, seed: 3 }, policy: 's3-fifo' },
		{ name: '75 % NXDOMAIN', workload: { ...all, deniedShare: 0.75, seed: 3 }, policy: 'sieve' },
	];
}

function rowOf({ name, policy }: Situation, outcome: Outcome): { row: string; holds: boolean } {
	const { served, simulated, queries, lostOrLate, voidReasons } = outcome;
	const difference = served - simulated;
	const holds = Math.abs(difference) <= pointsAllowed && voidReasons.length === 0;
	const verdict = voidReasons.length > 0 ? `void: ${voidReasons.join('; ')}` : holds ? 'ok' : 'OUTSIDE';
	const cells = [
		name,
		policy,
		queries,
		lostOrLate,
		served.toFixed(2),
		simulated.toFixed(2),
		difference.toFixed(2),
		verdict,
	];
	return { row: `| ${cells.join(' | ')} |\n`, holds };
}

async function main(): Promise<void> {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		options: { rate: text, seconds: text, smoke: { type: 'boolean', default: false } },
	});
	const { smoke } = values;
	const rate = Number(values.rate ?? (smoke ? 2000 : 10_000));
	const seconds = Number(values.seconds ?? (smoke ? 1 : 15));
	const built = buildPetrel();
	let outside = 0;
	try {
		if (smoke) process.stdout.write('smoke run: the numbers mean nothing\n');
		process.stdout.write(`${rate} queries a second for ${seconds} s\n\n`);
		process.stdout.write(
			'| | policy | queries | lost or late | served, % hits | simulated, % hits | difference, points | |\n',
		);
		process.stdout.write(`|${' --- |'.repeat(8)}\n`);
		for (const situation of situations(rate, seconds).slice(0, smoke ? 1 : undefined)) {
			const { row, holds } = rowOf(situation, await measure(built, situation, smoke ? [] : [0, 1]));
			process.stdout.write(row);
			if (!holds) outside++;
			await stopAll();
		}
	} finally {
		await stopAll();
		rmSync(built, { recursive: true });
	}
	process.stdout.write(`\n${outside} further off than ${pointsAllowed} point\n`);
	if (!smoke && outside > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
