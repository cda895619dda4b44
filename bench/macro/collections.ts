/**
 * Whether a shard of the whole server collects garbage, or throws optimised code away, while it answers from the cache:
 * petrel as it is published, with what a user has on, under full load; V8 says what it does (`--trace-gc`,
 * `--trace-deopt`), and what it said during the measured phase is counted by isolate and kind.
 *
 *     node bench/macro/collections.ts [--hits 10000000]
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { answers, freePort } from '../lib/place.ts';
import { Program, stopAll } from '../lib/process.ts';
import { Reflector } from '../lib/reflector.ts';
import { runSource } from '../lib/source.ts';
import { petrel } from '../peers/petrel.ts';

const [serverCore, otherCore] = [0, 1];
const warmSec = 10;
const measureSec = 5;
const answerLimitMs = 200;

const { values } = parseArgs({ options: { hits: { type: 'string', default: '10000000' } } });
const wanted = Number(values.hits);

const directory = buildPetrel();
try {
	const programs = compile();
	const upstream = await Reflector.start(programs.reflector, otherCore, ['--upstream']);
	const place = { address: '127.0.0.1', port: await freePort() };
	const setting = { place, upstream: upstream.place, directory, workers: 1, names: 1000, forceTcp: false };
	const { program, args } = petrel(directory, 'petrel').command(process.execPath, setting);
	const traced = ['--trace-gc', '--trace-deopt', ...args];
	const server = await Program.start({ program, args: traced }, serverCore);
	while (!(await answers(place, answerLimitMs))) {
		if (!server.alive) throw new Error(`petrel does not start: ${server.errors}`);
	}
	const load = { server: place, zone: 'example', names: ['--fixed', '1000'], window: 256, core: otherCore };
	await runSource(programs.source, { ...load, seconds: warmSec });
	const before = server.output.length;
	let hits = 0;
	while (hits < wanted) hits += (await runSource(programs.source, { ...load, seconds: measureSec })).answered;
	process.stdout.write(report(server.output.slice(before), hits));
} finally {
	await stopAll();
	rmSync(directory, { recursive: true });
}

function report(output: string, hits: number): string {
	const counts = new Map<string, number>();
	for (const line of output.split('\n')) {
		const collection = /^\[\d+:(0x[0-9a-f]+)\].*?(Scavenge|Mark-Compact|Minor)/.exec(line);
		const deopt = /^\[bailout .*?<JSFunction (\S*)/.exec(line);
		const what = collection
			? `${collection[2]} in isolate ${collection[1]}`
			: deopt && `deopt of ${deopt[1]}`;
		if (what) counts.set(what, (counts.get(what) ?? 0) + 1);
	}
	const lines = [...counts].map(([what, count]) => `${count} × ${what}\n`);
	return `${hits} hits: ${lines.length === 0 ? 'no collection, no deopt\n' : `\n${lines.join('')}`}`;
}
