/**
 * Whether `petrel load` says what is so: it measures servers whose latencies arithmetic gives, and its figures must lie within
 * a twentieth, or 0.3 ms where that is more, of what they have to be. Exit code 1 if one does not.
 *
 * stalls: a server that stands still for 1 s in every 10 s, by its own schedule, and by SIGSTOP. What closed loops say of
 *         the same is shown beside it.
 * delays: a server that loses every hundredth query and delays the others by a known distribution.
 *
 * The server is `petrel upstream` on core 0, who asks is on core 1. Measured is the machine too: what else runs on it delays
 * answers.
 *
 *     node bench/macro/load-truth.ts [--only stalls,delays] [--stall-rate 200] [--rate 4000] [--seconds 15] [--smoke]
 *
 * --rate and --seconds are of the delays: their p99 needs some tens of thousands of queries. The smoke run judges nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { Findings } from '../lib/findings.ts';
import { canPin, stopAll } from '../lib/process.ts';
import type { TruthSetting } from '../lib/truth-bench.ts';
import { truthOfDelays } from '../lib/truth-of-delays.ts';
import { truthOfStalls } from '../lib/truth-of-stalls.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
	options: {
		only: { ...text, default: 'stalls,delays' },
		'stall-rate': { ...text, default: '200' },
		rate: text,
		seconds: text,
		smoke: { type: 'boolean', default: false },
	},
});
const { smoke } = values;
const parts = { stalls: truthOfStalls, delays: truthOfDelays };
const chosen = values.only.split(',').map((name) => {
	if (!Object.hasOwn(parts, name))
		throw new Error(`no part ${name}; there are: ${Object.keys(parts).join(', ')}`);
	return parts[name as keyof typeof parts];
});

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

const built = buildPetrel();
const directory = mkdtempSync(join(tmpdir(), 'petrel-bench-'));
const queries = join(directory, 'queries.txt');
writeFileSync(queries, 'n1.example A\n');
const findings = new Findings(print);
const setting: TruthSetting = {
	built,
	findings,
	smoke,
	stallQps: Number(values['stall-rate']),
	delayQps: Number(values.rate ?? (smoke ? 200 : 4000)),
	delaySec: Number(values.seconds ?? (smoke ? 1 : 15)),
	queries,
};

try {
	if (smoke) print('smoke run: the numbers mean nothing');
	else if (!canPin) print('only one core, or no taskset: server and load share, which delays answers');
	for (const part of chosen) await part(setting);
	print(`\n${findings.outside} outside of what is allowed`);
	if (!smoke && findings.outside > 0) process.exitCode = 1;
} finally {
	await stopAll();
	rmSync(built, { recursive: true });
	rmSync(directory, { recursive: true });
}
