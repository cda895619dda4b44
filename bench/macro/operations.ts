/**
 * What operating costs in queries: reloads, good and bad, and shards that die or hang, under a steady rate from many ports.
 * petrel as it is published, two workers; hits and misses are mixed. A query counts as lost after a second.
 *
 *     node bench/macro/operations.ts [--rate 10000] [--seconds 12]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { answers, freePort, type Place } from '../lib/place.ts';
import { stopAll } from '../lib/process.ts';
import { Reflector } from '../lib/reflector.ts';
import { runSource, type SourceReport } from '../lib/source.ts';
import { corefileFor } from '../peers/corefile.ts';

const { values } = parseArgs({
	options: { rate: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '12' } },
});
const rateQps = Number(values.rate);
const seconds = Number(values.seconds);
const hotNames = 1000;
/** Asked by Zipf's law: hits and misses are mixed. */
const names = 1_000_000;
const warmSec = 1;
const answerLimitMs = 200;

const programs = compile();
const directory = buildPetrel();
const upstream = await Reflector.start(programs.reflector, undefined, ['--upstream']);

interface Server {
	readonly process: ChildProcess;
	readonly place: Place;
	/** Writes the Corefile with other directives and has it read. */
	change(more: string): void;
	/** What it has logged so far. */
	log(): string;
	stop(): Promise<void>;
}

async function start(): Promise<Server> {
	const place = { address: '127.0.0.1', port: await freePort() };
	const own = join(directory, `server-${place.port}`);
	mkdirSync(own);
	const path = join(own, 'Corefile');
	const setting = { place, upstream: upstream.place, directory: own, workers: 2, names: 0, forceTcp: false };
	const write = (more: string): void => writeFileSync(path, corefileFor(setting, 'cache 3600', more));
	write('');
	const args = [join(directory, 'bin/petrel.js'), 'serve', path, '--workers', '2'];
	const child = spawn(process.execPath, args, {
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		env: { ...process.env, PETREL_FAULT_HOOK: '1', PETREL_CONTROL: 'off' },
	});
	let log = '';
	child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
	while (!(await answers(place, answerLimitMs))) {
		if (child.exitCode !== null) throw new Error(`petrel does not start: ${log}`);
	}
	return {
		process: child,
		place,
		log: () => log,
		change(more) {
			write(more);
			child.kill('SIGHUP');
		},
		async stop() {
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGTERM');
			await ended;
		},
	};
}

async function underLoad(server: Server, work: () => Promise<void>): Promise<SourceReport> {
	const load = { server: server.place, zone: 'example', sockets: 256, timeoutMs: 1000 };
	const fill = ['--fill', String(hotNames)];
	await runSource(programs.source, { ...load, names: fill, seconds: 60, window: 64 });
	const running = runSource(programs.source, {
		...load,
		names: ['--zipf', `${names}:1`],
		seconds,
		warmSec,
		rateQps,
	});
	await sleep((warmSec + 1) * 1000);
	await work();
	return running;
}

async function logged(server: Server, pattern: RegExp, times = 1): Promise<void> {
	while ((server.log().match(new RegExp(pattern, 'g')) ?? []).length < times) await sleep(20);
}

async function report(what: string, work: (server: Server) => Promise<void>): Promise<void> {
	const server = await start();
	const { sent, answered, lost, late, void: isVoid } = await underLoad(server, () => work(server));
	const note = isVoid ? ' (the source fell behind)' : '';
	process.stdout.write(
		`| ${what} | ${sent} | ${answered} | ${lost}${late ? `, ${late} late` : ''}${note} |\n`,
	);
	await server.stop();
}

try {
	process.stdout.write('| | sent | answered | lost |\n| --- | --- | --- | --- |\n');
	await report('three bad and three good reloads', async (server) => {
		for (let round = 1; round <= 3; round++) {
			server.change('\tnonsense\n');
			await logged(server, /Restart failed/, round);
			server.change(round % 2 ? '\tminimal\n' : '\tloadbalance\n');
			await logged(server, /Reloading complete/, round);
			await sleep(500);
		}
	});
	await report("a shard's thread is ended", async (server) => {
		server.process.send({ shard: 1, fault: 'terminate' });
		await logged(server, /shard 1 is replaced/);
	});
	await report('a shard hangs, and is ended after 2 s', async (server) => {
		server.process.send({ shard: 1, fault: 'spin' });
		await logged(server, /shard 1 is replaced/);
	});
} finally {
	await stopAll();
	rmSync(directory, { recursive: true });
}
