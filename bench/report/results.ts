/** A run's results as they are kept: one JSON file, enough to make every table and the chart from. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Groups } from '../lib/measurement.ts';
import type { Options } from '../lib/options.ts';

const root = join(import.meta.dirname, '../..');

export const resultsSchema = 1;
export const latestPath = join(root, 'bench/results/latest.json');

export interface Results {
	readonly schema: typeof resultsSchema;
	readonly date: string;
	/** With "+" if the checkout had changes that were not committed. */
	readonly commit: string;
	readonly machine: {
		readonly processor: string;
		readonly cores: number;
		readonly memoryGib: number;
		readonly kernel: string;
	};
	readonly node: string;
	readonly settings: { readonly rounds: number; readonly seconds: number; readonly window: number };
	/** By server. */
	readonly versions: Readonly<Record<string, string>>;
	/** Servers that took no part, and how they would. */
	readonly absent: Readonly<Record<string, string>>;
	/** Servers that failed in a scenario. */
	readonly failures: readonly string[];
	/** By scenario. */
	readonly scenarios: Readonly<Record<string, Groups>>;
}

function commit(): string {
	const git = (...args: string[]): string =>
		execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
	try {
		const changes = git('status', '--porcelain', '--', 'src', 'native', 'bin', 'package.json');
		return git('rev-parse', '--short=12', 'HEAD') + (changes === '' ? '' : '+');
	} catch {
		return 'unknown';
	}
}

/** Where and how a run takes place. */
export function circumstances(
	options: Options,
): Pick<Results, 'date' | 'commit' | 'machine' | 'node' | 'settings'> {
	const { rounds, seconds, window } = options;
	return {
		date: new Date().toISOString().slice(0, 10),
		commit: commit(),
		machine: {
			processor: cpus()[0]?.model ?? 'unknown',
			cores: cpus().length,
			memoryGib: Math.round(totalmem() / 1024 ** 3),
			kernel: release(),
		},
		node: process.versions.node,
		settings: { rounds, seconds, window },
	};
}

export function writeResults(path: string, results: Results): void {
	mkdirSync(dirname(path), { recursive: true });
	// A line a measurement: short enough for git, and a change of one is a change of one line.
	const text = JSON.stringify(results, null, '\t').replace(/\{\n\t{6,}"[^{}[\]]*\}/g, (measurement) =>
		measurement.replace(/\n\t*/g, ' '),
	);
	writeFileSync(path, `${text}\n`);
}

export function readResults(path: string): Results {
	const results = JSON.parse(readFileSync(path, 'utf8')) as Results;
	if (results.schema !== resultsSchema)
		throw new Error(`${path}: schema ${results.schema}, not ${resultsSchema}`);
	return results;
}
