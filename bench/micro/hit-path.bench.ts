/**
 * Question: what does a cached query cost, from the octets of the query to those of the reply, without system calls?
 *
 * Measured on a whole engine with two server blocks and header rules (bench/lib/hit-path.ts), batches of 64 queries for
 * 1,000 names, without EDNS and with:
 *
 *   ns       CPU time a hit, its share of the turn included
 *   octets   allocated on the heap, a hit
 *   GC       collections during all measured hits
 *   deopts   times that V8 threw optimised code away during as many hits
 *
 * Not measured: sockets, misses, and caches of the processor that other work has emptied.
 *
 *     node bench/micro/hit-path.bench.ts [--rounds 5] [--hits 10000000] [--source]
 *
 * Each round runs in a process of its own, after a warm-up, on JavaScript as it is published; with `--source` on
 * TypeScript as it lies here. Printed are medians and, in brackets, the lowest and highest.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inFreshProcess } from '../lib/fresh-process.ts';
import { HitPath, type HitPathParameters } from '../lib/hit-path.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';
import { strippedCopy } from '../lib/stripped.ts';

export interface Parameters extends HitPathParameters {
	readonly warmUpHits: number;
	readonly hits: number;
}

export interface Result {
	readonly hits: number;
	readonly ns: number;
	readonly octets: number;
	readonly collections: number;
	readonly hash: string;
}

const batchSize = 64;

/** One combination of parameters, in this process. */
export async function run(parameters: Parameters): Promise<Result> {
	const path = new HitPath(parameters);
	path.run(Math.ceil(parameters.warmUpHits / batchSize));
	const hitsBefore = path.hits;
	const observed: number[] = [];
	const observer = new PerformanceObserver((list) => {
		for (const { startTime } of list.getEntries()) observed.push(startTime);
	});
	observer.observe({ entryTypes: ['gc'] });
	// What the warm-up left behind is not the hits' garbage.
	setFlagsFromString('--expose-gc');
	runInNewContext('gc')();
	const startMs = performance.now();
	const heapBefore = process.memoryUsage().heapUsed;
	const cpuBefore = process.cpuUsage();
	path.run(Math.ceil(parameters.hits / batchSize));
	const cpu = process.cpuUsage(cpuBefore);
	const heapAfter = process.memoryUsage().heapUsed;
	const endMs = performance.now();
	// Collections are reported in a later turn of the event loop.
	await new Promise((resolve) => setTimeout(resolve, 10));
	observer.disconnect();
	const hits = path.hits - hitsBefore;
	return {
		hits,
		ns: ((cpu.user + cpu.system) * 1000) / hits,
		octets: Math.max(0, heapAfter - heapBefore) / hits,
		collections: observed.filter((atMs) => atMs >= startMs && atMs <= endMs).length,
		hash: path.hash,
	};
}

/** Has V8 say on stdout whenever it throws code away once the warm-up is over. */
function traceDeopts(parameters: Parameters): void {
	const path = new HitPath(parameters);
	path.run(Math.ceil(parameters.warmUpHits / batchSize));
	setFlagsFromString('--trace-deopt');
	path.run(Math.ceil(parameters.hits / batchSize));
}

function countDeopts(file: string, parameters: Parameters): number {
	const output = execFileSync(process.execPath, [file, '--deopts', JSON.stringify(parameters)], {
		encoding: 'utf8',
	});
	return output.split('[bailout').length - 1;
}

function row(parameters: Parameters, results: readonly Result[], deopts: number): string {
	const hashes = new Set(results.map(({ hash }) => hash));
	if (hashes.size > 1) throw new Error(`equal parameters gave different results: ${[...hashes].join(', ')}`);
	const cell = (value: (result: Result) => number, digits = 0): string =>
		spreadText(spreadOf(results.map(value)), digits);
	return [
		parameters.edns ? 'EDNS' : 'plain',
		results[0].hits,
		cell(({ ns }) => ns),
		cell(({ octets }) => octets, 3),
		cell(({ collections }) => collections),
		deopts,
		...hashes,
	].join(' | ');
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			one: { type: 'string' },
			deopts: { type: 'string' },
			rounds: { type: 'string' },
			hits: { type: 'string' },
			source: { type: 'boolean' },
		},
	});
	if (values.one !== undefined) {
		process.stdout.write(JSON.stringify(await run(JSON.parse(values.one))));
		return;
	}
	if (values.deopts !== undefined) {
		traceDeopts(JSON.parse(values.deopts));
		return;
	}
	const file = values.source ? import.meta.filename : strippedCopy(import.meta.filename);
	const rounds = Number(values.rounds ?? 5);
	const hits = Number(values.hits ?? 10_000_000);
	const combinations = [false, true].map((edns): Parameters => {
		return { names: 1000, edns, warmUpHits: 2_000_000, hits };
	});
	const results: Result[][] = combinations.map(() => []);
	for (let round = 0; round < rounds; round++) {
		for (const [index, parameters] of combinations.entries()) {
			results[index].push(inFreshProcess<Result>(file, parameters));
		}
	}
	const lines = [
		`${cpus()[0].model}, Node ${process.versions.node}, ${rounds} rounds`,
		'',
		'queries | hits | ns a hit | octets a hit | GC | deopts | result',
		'--- | --- | --- | --- | --- | --- | ---',
		...combinations.map((parameters, index) =>
			row(parameters, results[index], countDeopts(file, parameters)),
		),
	];
	process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) await main();
