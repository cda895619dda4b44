/**
 * What a query costs whoever asks it: `petrel load` beside dnsperf, both with the same file of names against the floor
 * (bench/floor), generator on core 0, floor on core 1, in turns that turn around. Processor time is that of all threads over a
 * span that neither start nor end of the program is in; queries are those that the floor answered in it.
 *
 * 1. The closed loop: so many under way.
 * 2. The open loop at fixed rates.
 *
 * A round is void, and not counted, if the floor had its core for 95 % of the span or more, or if either did not keep the rate:
 * then it says nothing of who asks.
 *
 *     node bench/macro/load-cost.ts [--rounds 9] [--seconds 3] [--window 100] [--rates 20000,50000,100000]
 *         [--sockets COUNT] [--smoke] [-- FLAGS OF PETREL LOAD]
 *
 * Without --sockets each has as many as it comes with: dnsperf one, petrel 16.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { dnsperfCommand, readDnsperf } from '../lib/dnsperf.ts';
import { type Cost, measureCost } from '../lib/generator-cost.ts';
import { LoadRun } from '../lib/load.ts';
import { type Command, canPin, Program, stopAll } from '../lib/process.ts';
import { Reflector } from '../lib/reflector.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';

const text = { type: 'string' } as const;
const { values, positionals: moreFlags } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: text,
		seconds: text,
		window: text,
		rates: text,
		sockets: text,
		smoke: { type: 'boolean', default: false },
	},
});
const { smoke, sockets } = values;
const rounds = Number(values.rounds ?? (smoke ? 1 : 9));
const seconds = Number(values.seconds ?? (smoke ? 0.3 : 3));
const windowQueries = Number(values.window ?? (smoke ? 4 : 100));
const rates = (values.rates ?? (smoke ? '500' : '20000,50000,100000')).split(',').map(Number);
/** Where numbers mean nothing, nothing is pinned. */
const [generatorCore, floorCore] = smoke ? [undefined, undefined] : [0, 1];

const warmSec = smoke ? 0.1 : 1.5;
/** Behind the span, for the marks. A smoke run is broken off in place of that, however busy the machine is. */
const spareSec = smoke ? 60 : 1;
const names = 5000;
/** Enough that dnsperf keeps its rate while the floor has another's turn; it counts all it sends. */
const openWindow = 20_000;
const voidShare = 0.95;
/** Who catches up with what it missed before has another rate, too. */
const rateError = 0.02;

interface Situation {
	readonly name: string;
	/** Undefined: the closed loop. */
	readonly rateQps: number | undefined;
}

const situations: readonly Situation[] = [
	{ name: `closed loop, ${windowQueries} under way`, rateQps: undefined },
	...rates.map((rateQps) => ({ name: `open loop, ${rateQps} a second`, rateQps })),
];

const generators = ['dnsperf', 'petrel'] as const;
type Generator = (typeof generators)[number];
type Turn = Cost & { readonly lost: number; readonly remark: string };

const runSec = warmSec + seconds + spareSec;
const endMs = runSec * 1000 + 20_000;

const programs = compile();
const built = buildPetrel();
const queries = join(mkdtempSync(join(tmpdir(), 'petrel-bench-')), 'queries.txt');
writeFileSync(queries, Array.from({ length: names }, (_, i) => `n${i}.example A\n`).join(''));

function dnsperfOf({ rateQps }: Situation, { place }: Reflector): Command {
	const open = rateQps === undefined ? { window: windowQueries } : { window: openWindow, rateQps };
	const clients = sockets === undefined ? {} : { clients: Number(sockets) };
	return dnsperfCommand({ server: place, queries, seconds: runSec, ...open, ...clients });
}

function petrelFlags({ rateQps }: Situation): string[] {
	const pace = rateQps === undefined ? ['--concurrency', `${windowQueries}`] : ['--rate', `${rateQps}`];
	const flags = ['--queries', queries, '--duration', `${runSec}s`, '--warmup', '0', ...pace, ...moreFlags];
	return sockets === undefined ? flags : [...flags, '--sockets', sockets];
}

async function takeTurn(generator: Generator, situation: Situation, floor: Reflector): Promise<Turn> {
	// What was asked behind the span of the turn before is not this one's.
	await floor.counts();
	if (generator === 'dnsperf') {
		const program = await Program.start(dnsperfOf(situation, floor), generatorCore);
		const cost = await measureCost(program, floor, warmSec, seconds);
		if (smoke) program.signal('SIGINT');
		await program.end(endMs);
		return { ...cost, lost: readDnsperf(program.output).lost, remark: '' };
	}
	const args = petrelFlags(situation);
	const run = await LoadRun.start({ built, targets: [floor.place], args, core: generatorCore });
	const cost = await measureCost(run.program, floor, warmSec, seconds);
	if (smoke) run.program.signal('SIGINT');
	const { lost, rounds } = await run.report(endMs);
	return { ...cost, lost, remark: rounds[0].void_reasons.join('; ') };
}

/** Why the turn says nothing; '' if it does. */
function voidReason({ reflectorShare, queriesPerSec }: Turn, { rateQps }: Situation): string {
	if (reflectorShare >= voidShare) return "the floor's core was full";
	if (rateQps !== undefined && Math.abs(queriesPerSec / rateQps - 1) > rateError) {
		return 'the rate was not kept';
	}
	return '';
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

function row(round: number, turns: Record<Generator, Turn>, reasons: readonly string[]): string {
	const { dnsperf, petrel } = turns;
	const pair = (digits: number, of: (turn: Turn) => number): string[] =>
		[dnsperf, petrel].map((turn) => of(turn).toFixed(digits));
	const cells = [
		String(round),
		...pair(2, ({ processorUs }) => processorUs),
		(dnsperf.processorUs / petrel.processorUs).toFixed(2),
		...pair(1, ({ queriesPerSec }) => queriesPerSec / 1000),
		...pair(0, ({ reflectorShare }) => reflectorShare * 100),
		...pair(0, ({ lost }) => lost),
		reasons.length > 0 ? `void: ${reasons.join(', ')}` : petrel.remark,
	];
	return `| ${cells.join(' | ')} |`;
}

/** Medians of the rounds that count, and the ratio in each. */
function summary(counted: readonly Record<Generator, Turn>[], voids: number): string {
	if (counted.length === 0) return 'all rounds are void';
	const spread = (of: (turns: Record<Generator, Turn>) => number, digits: number): string =>
		spreadText(spreadOf(counted.map(of)), digits);
	const each = generators.map((name) => {
		const cost = spread((turns) => turns[name].processorUs, 2);
		return `${name} ${cost} µs a query at ${spread((turns) => turns[name].queriesPerSec / 1000, 1)} thousand a second`;
	});
	const ratio = spread(({ dnsperf, petrel }) => dnsperf.processorUs / petrel.processorUs, 2);
	return `${each.join(', ')}; dnsperf / petrel ${ratio}; ${counted.length} rounds, ${voids} void`;
}

async function measure(situation: Situation, floor: Reflector): Promise<string> {
	print(`\n${situation.name}\n`);
	print(
		'| round | dnsperf, µs a query | petrel | dnsperf / petrel | dnsperf, thousand a second | petrel | floor’s core with dnsperf, % | with petrel | dnsperf lost | petrel | |',
	);
	print(`|${' --- |'.repeat(11)}`);
	const counted: Record<Generator, Turn>[] = [];
	for (let round = 1; round <= rounds; round++) {
		const turns: Partial<Record<Generator, Turn>> = {};
		for (const generator of round % 2 === 1 ? generators : generators.toReversed()) {
			turns[generator] = await takeTurn(generator, situation, floor);
		}
		const both = turns as Record<Generator, Turn>;
		const reasons = generators.flatMap((name) => {
			const reason = voidReason(both[name], situation);
			return reason === '' ? [] : [`${reason} (${name})`];
		});
		if (reasons.length === 0) counted.push(both);
		print(row(round, both, reasons));
	}
	return `${situation.name}: ${summary(counted, rounds - counted.length)}`;
}

try {
	if (smoke) print('smoke run: the numbers mean nothing');
	else if (!canPin)
		print('only one core, or no taskset: generator and floor share, so the numbers mean little');
	const floor = await Reflector.start(programs.reflector, floorCore);
	const lines: string[] = [];
	for (const situation of situations) lines.push(await measure(situation, floor));
	print(`\n${lines.join('\n')}`);
} finally {
	await stopAll();
	rmSync(built, { recursive: true });
	rmSync(join(queries, '..'), { recursive: true });
}
