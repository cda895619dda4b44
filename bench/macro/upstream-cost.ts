/**
 * What an answer of `petrel upstream` costs beside one of the floor, the C reflector: CPU an answer, both on one core in turns,
 * the source on the other. No benchmark can stand on an upstream that costs more than what it is to measure.
 *
 *   hot       1,000 names at random, from one socket
 *   new       every name is new, so that the report has to take it up
 *   sockets   as hot, from 1,000 sockets: replies cannot leave in trains (docs/design/0007)
 *   delayed   as hot, each answer after a log-normal time; the reflector answers at once
 *   long      as hot, with a CNAME, which the script makes the long way (src/load/upstream/script.ts)
 *
 * Every round has a petrel of its own, so that the names of a round are within what the report counts one by one, and warms
 * it up before. In one round both go through the same, one after the other: what else the machine does hits both alike. The
 * ratio is the round's; printed are medians and, in brackets, the lowest and highest.
 *
 *     node bench/macro/upstream-cost.ts [--rounds 7] [--seconds 1] [--smoke]
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { type Contender, House } from '../lib/house.ts';
import { measurementFrom } from '../lib/measurement.ts';
import { stopAll } from '../lib/process.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';
import type { Peer } from '../peers/peer.ts';
import { hotNames } from '../scenarios/hit.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string' },
		seconds: { type: 'string' },
		smoke: { type: 'boolean', default: false },
	},
});
const rounds = Number(values.rounds ?? (values.smoke ? 1 : 7));
const seconds = Number(values.seconds ?? (values.smoke ? 0.2 : 1));
const warmSec = values.smoke ? 0.1 : 1;
const window = 256;
const manySockets = 1000;

interface Case {
	readonly name: string;
	readonly names: readonly string[];
	readonly sockets: number;
	readonly always: string;
}

const fixed = ['--fixed', String(hotNames)];
const cases: readonly Case[] = [
	{ name: 'hot', names: fixed, sockets: 1, always: '' },
	{ name: 'new', names: ['--new'], sockets: 1, always: '' },
	{ name: 'sockets', names: fixed, sockets: manySockets, always: '' },
	{ name: 'delayed', names: fixed, sockets: 1, always: 'delaylognormal1-5ms' },
	{ name: 'long', names: fixed, sockets: 1, always: 'cname' },
];

function upstreamPeer(directory: string, always: string): Peer {
	const script = join(directory, 'bin/petrel.js');
	return {
		name: 'petrel upstream',
		install: 'npm ci',
		canForceTcp: false,
		find: () => process.execPath,
		version: () => '',
		command(program, { place }) {
			const listen = `${place.address}:${place.port}`;
			return { program, args: [script, 'upstream', '--listen', listen, '--always', always, '--report', '-'] };
		},
	};
}

interface Cost {
	readonly us: number;
	readonly qps: number;
}

async function measure(
	house: House,
	contender: Contender,
	{ names, sockets }: Case,
	round: number,
): Promise<Cost> {
	const warm = { names: fixed, seconds: warmSec, sockets, seed: round };
	await house.ask(contender, warm);
	const report = await house.ask(contender, { names, sockets, warmSec: 0.1, seed: round + 1 });
	const { processorUs, rateQps } = measurementFrom(report);
	return { us: processorUs, qps: rateQps };
}

/** Ends it; returns how many queries it did not count by name. */
async function uncountedOf({ program }: Contender): Promise<number> {
	await program.stop();
	const [line] = program.output.split('\n');
	return (JSON.parse(line) as { uncounted_names: number }).uncounted_names;
}

const directory = buildPetrel();
const options = { rounds, seconds, window, smoke: values.smoke };
const house = new House(options as unknown as House['options'], [], compile());
const rows = cases.map((one) => ({ ...one, ours: [] as Cost[], floors: [] as Cost[] }));
let uncounted = 0;
try {
	const floor = await house.startFloor();
	for (let round = 0; round < rounds; round++) {
		for (const row of rows) {
			const upstream = await house.start(upstreamPeer(directory, row.always), floor.place);
			row.ours.push(await measure(house, upstream, row, round));
			uncounted += await uncountedOf(upstream);
			row.floors.push(await measure(house, floor, row, round));
		}
		house.say(`round ${round + 1} of ${rounds}`);
	}
} finally {
	await stopAll();
	house.remove();
	rmSync(directory, { recursive: true });
}
const text = (costs: readonly number[], digits: number): string => spreadText(spreadOf(costs), digits);
process.stdout.write(
	'| names | upstream, µs an answer | reflector, µs | ratio | upstream, thousand answers a second |\n',
);
process.stdout.write('| --- | --- | --- | --- | --- |\n');
for (const { name, ours, floors } of rows) {
	const ratios = ours.map(({ us }, round) => us / floors[round].us);
	const cells = [
		name,
		text(
			ours.map(({ us }) => us),
			2,
		),
		text(
			floors.map(({ us }) => us),
			2,
		),
		text(ratios, 2),
		text(
			ours.map(({ qps }) => qps / 1000),
			0,
		),
	];
	process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
if (uncounted > 0)
	process.stdout.write(`${uncounted} queries were for names beyond those that are counted\n`);
