/**
 * What scraping costs. petrel as it is published, with one worker, has one core alone; the load, the scrapes and the upstream
 * are on the other.
 *
 * 1. Hits at a fixed rate, in rounds with and without autocannon on `/metrics` in turn: the DNS latencies of both and
 *    their ratio in each round.
 * 2. After 10,000 client addresses and a million names: how many series there are, before and after, and how long a
 *    scrape takes.
 *
 *     node bench/macro/scrape.ts [--rounds 10] [--seconds 5] [--rate 20000] [--smoke]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readExposition, sumOf } from '../../test/support/exposition.ts';
import { httpGet } from '../../test/support/integration/http.ts';
import { askAsClients } from '../../test/support/integration/many-clients.ts';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { answers, freePort, type Place } from '../lib/place.ts';
import { Program, stopAll } from '../lib/process.ts';
import { Reflector } from '../lib/reflector.ts';
import { type Load, runSource } from '../lib/source.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';
import { corefileFor } from '../peers/corefile.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string' },
		seconds: { type: 'string' },
		rate: { type: 'string', default: '20000' },
		smoke: { type: 'boolean', default: false },
	},
});
const { smoke } = values;
const rounds = Number(values.rounds ?? (smoke ? 1 : 10));
const seconds = Number(values.seconds ?? (smoke ? 1 : 5));
const rateQps = smoke ? 500 : Number(values.rate);
const clients = smoke ? 100 : 10_000;
const names = smoke ? 2000 : 1_000_000;
const scrapes = smoke ? 2 : 10;
/** Where numbers mean nothing, nothing is pinned. */
const [serverCore, otherCore] = smoke ? [undefined, undefined] : [0, 1];

const hotNames = 1000;
/** Octets for each name, as in the comparison with other servers (bench/peers/petrel.ts). */
const bytesPerName = 112;
/** Connections of autocannon. */
const scrapers = 10;
/** Between two scrapes whose time is taken: long enough that none waits for its turn. */
const pauseMs = smoke ? 200 : 11_000;
const answerLimitMs = 200;

const autocannon = createRequire(import.meta.url).resolve('autocannon');
const programs = compile();

interface Server {
	readonly place: Place;
	readonly metricsUrl: string;
	readonly program: Program;
}

async function startPetrel(directory: string, upstream: Place): Promise<Server> {
	const place = { address: '127.0.0.1', port: await freePort() };
	const metricsPort = await freePort();
	const own = join(directory, `server-${place.port}`);
	mkdirSync(own);
	const setting = { place, upstream, directory: own, workers: 1, names, forceTcp: false };
	const path = join(own, 'Corefile');
	writeFileSync(path, corefileFor(setting, 'cache 3600', `\tprometheus 127.0.0.1:${metricsPort}\n`));
	const cacheKib = Math.max(4096, Math.ceil((names * bytesPerName) / 1024));
	const script = join(directory, 'bin/petrel.js');
	const args = [script, 'serve', path, '--workers', '1', '--cache-size', `${cacheKib}KiB`];
	const program = await Program.start({ program: process.execPath, args }, serverCore);
	while (!(await answers(place, answerLimitMs))) {
		if (!program.alive) throw new Error(`petrel does not start: ${program.errors}`);
	}
	return { place, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`, program };
}

interface Shots {
	readonly answered: number;
	readonly failed: number;
}

/** autocannon on `/metrics` until it has had so many seconds. */
async function shoot(url: string, durationSec: number): Promise<Shots> {
	const args = [autocannon, '--json', '-c', String(scrapers), '-d', String(Math.ceil(durationSec)), url];
	const program = await Program.start({ program: process.execPath, args }, otherCore);
	const code = await program.end((durationSec + 20) * 1000);
	if (code !== 0) throw new Error(`autocannon: ${program.errors}`);
	const { '2xx': answered, non2xx, errors, timeouts } = JSON.parse(program.output);
	return { answered, failed: non2xx + errors + timeouts };
}

interface Latency {
	readonly p50: number;
	readonly p99: number;
	readonly lost: number;
	/** The source fell behind: the round says nothing. */
	readonly void: boolean;
}

async function measureLatency(server: Server, seed: number): Promise<Latency> {
	const load: Load = {
		server: server.place,
		zone: 'example',
		names: ['--fixed', String(hotNames)],
		seconds,
		rateQps,
		warmSec: 0.5,
		seed,
	};
	const report = await runSource(programs.source, { ...load, core: otherCore });
	return { p50: report.latencyUs.p50, p99: report.latencyUs.p99, lost: report.lost, void: report.void };
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function compareLatencies(server: Server): Promise<void> {
	const fill = {
		server: server.place,
		zone: 'example',
		names: ['--fill', String(hotNames)],
		seconds: 60,
		window: 64,
	};
	await runSource(programs.source, { ...fill, timeoutMs: 1000, core: otherCore });
	await measureLatency(server, 0);
	print(
		`\n${rateQps} hits a second, ${rounds} rounds of ${seconds} s; autocannon with ${scrapers} connections\n`,
	);
	print('| round | p50 µs without | with scrapes | p99 µs without | with scrapes | p99 ratio | scrapes |');
	print('| --- | --- | --- | --- | --- | --- | --- |');
	const ratios: number[] = [];
	for (let round = 1; round <= rounds; round++) {
		const measured: { without?: Latency; with?: Latency; shots?: Shots } = {};
		const order = round % 2 === 1 ? (['without', 'with'] as const) : (['with', 'without'] as const);
		for (const kind of order) {
			const shooting = kind === 'with' ? shoot(server.metricsUrl, seconds + 0.5) : undefined;
			measured[kind] = await measureLatency(server, round);
			const shots = await shooting;
			if (shots) measured.shots = shots;
		}
		const { without, with: scraped, shots } = measured as Required<typeof measured>;
		const ratio = scraped.p99 / without.p99;
		const isVoid = without.void || scraped.void;
		if (!isVoid) ratios.push(ratio);
		const cells = [round, without.p50, scraped.p50, without.p99, scraped.p99, ratio.toFixed(2)];
		print(
			`| ${cells.join(' | ')}${isVoid ? ' (void)' : ''} | ${shots.answered}${shots.failed ? `, ${shots.failed} failed` : ''} |`,
		);
	}
	print(
		ratios.length === 0
			? '\nall rounds are void: the source fell behind'
			: `\np99 with scrapes / without: ${spreadText(spreadOf(ratios), 2)}`,
	);
}

async function timeScrapes(server: Server): Promise<void> {
	const before = readExposition((await httpGet(server.metricsUrl)).body).samples.length;
	await askAsClients(server.place, 0, clients, 'example');
	const fill = {
		server: server.place,
		zone: 'example',
		names: ['--fill', String(names)],
		seconds: 120,
		window: 256,
	};
	const { answered } = await runSource(programs.source, { ...fill, timeoutMs: 1000, core: otherCore });
	const took: number[] = [];
	const rendered: number[] = [];
	let exposition = readExposition((await httpGet(server.metricsUrl)).body);
	for (let i = 0; i < scrapes; i++) {
		await sleep(pauseMs);
		const startMs = performance.now();
		const { body } = await httpGet(server.metricsUrl);
		took.push(performance.now() - startMs);
		exposition = readExposition(body);
		rendered.push(1000 * (sumOf(exposition, 'petrel_metrics_render_seconds') ?? 0));
	}
	const bound = sumOf(exposition, 'petrel_metrics_series_max');
	const entries = sumOf(exposition, 'coredns_cache_entries');
	print(
		`\n${clients} client addresses, ${answered} of ${names} names answered, ${entries} entries in the cache`,
	);
	print(`series: ${before} after the first query, ${exposition.samples.length} now; the bound is ${bound}`);
	print(
		`a scrape takes ${spreadText(spreadOf(took), 1)} ms, of which rendering ${spreadText(spreadOf(rendered), 1)} ms`,
	);
}

const directory = buildPetrel();
try {
	if (smoke) print('smoke run: the numbers mean nothing');
	const upstream = await Reflector.start(programs.reflector, otherCore, ['--upstream']);
	const server = await startPetrel(directory, upstream.place);
	await compareLatencies(server);
	await timeScrapes(server);
} finally {
	await stopAll();
	rmSync(directory, { recursive: true });
}
