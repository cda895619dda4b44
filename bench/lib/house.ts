/**
 * Everything that a scenario starts and asks. Servers, and the floor, have one core, the source has the other; an upstream
 * is on the source's, so that a server's core is the server's alone.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Peer } from '../peers/peer.ts';
import type { Programs } from './compile.ts';
import type { Options } from './options.ts';
import { answers, freePort, type Place } from './place.ts';
import { Program } from './process.ts';
import { Reflector } from './reflector.ts';
import { type Load, runSource, type SourceReport } from './source.ts';

const serverCore = 0;
const sourceCore = 1;
/** For smoke runs, on machines that are busy with other things. */
const patientMs = 2000;
/** A server may get no processor at all for as long as a smoke run takes. */
const smokeTries = 5;
/** More than any scenario has in one round. */
const namesByDefault = 600_000;
/** How long a server may take until it answers, and how long each probe waits. */
const startMs = 15_000;
const probeMs = 200;

export const floorName = 'floor';

export interface Contender {
	readonly name: string;
	readonly place: Place;
	readonly program: Program;
}

export interface StartOptions {
	readonly forceTcp?: boolean;
	readonly workers?: number;
	readonly names?: number;
	readonly pinned?: boolean;
}

export class House {
	readonly options: Options;
	readonly peers: readonly Peer[];
	/** Servers that did not do what a scenario wanted of them, and why. */
	readonly failures: string[] = [];
	readonly #programs: Programs;
	readonly #directory = mkdtempSync(join(tmpdir(), 'petrel-bench-'));
	#started = 0;

	constructor(options: Options, peers: readonly Peer[], programs: Programs) {
		this.options = options;
		this.peers = peers;
		this.#programs = programs;
	}

	say(text: string): void {
		process.stderr.write(`${text}\n`);
	}

	remove(): void {
		rmSync(this.#directory, { recursive: true, force: true });
	}

	/** Where numbers mean nothing, nothing is pinned: somebody else may have that core. */
	#core(core: number): number | undefined {
		return this.options.smoke ? undefined : core;
	}

	startUpstream(): Promise<Reflector> {
		return Reflector.start(this.#programs.reflector, this.#core(sourceCore), ['--upstream']);
	}

	async startFloor(): Promise<Contender> {
		const { place, program } = await Reflector.start(this.#programs.reflector, this.#core(serverCore));
		return { name: floorName, place, program };
	}

	async start(peer: Peer, upstream: Place, options: StartOptions = {}): Promise<Contender> {
		const { forceTcp = false, workers = 1, pinned = true, names = namesByDefault } = options;
		const directory = join(this.#directory, `${peer.name}-${this.#started++}`);
		mkdirSync(directory);
		const place = { address: '127.0.0.1', port: await freePort() };
		const setting = { place, upstream, directory, forceTcp, workers, names };
		const command = { directory, ...peer.command(peer.find()!, setting) };
		const program = await Program.start(command, pinned ? this.#core(serverCore) : undefined);
		const endMs = Date.now() + startMs;
		while (!(await answers(place, probeMs))) {
			if (program.alive && Date.now() < endMs) continue;
			await program.stop();
			throw new Error(`does not answer: ${program.errors.slice(-300)}${program.output.slice(-300)}`);
		}
		return { name: peer.name, place, program };
	}

	/** Those of the peers that start, and the floor last. */
	async startAll(peers: readonly Peer[], upstream: Place, options: StartOptions = {}): Promise<Contender[]> {
		const contenders: Contender[] = [];
		for (const peer of peers) {
			const contender = await this.tried(peer.name, () => this.start(peer, upstream, options));
			if (contender !== undefined) contenders.push(contender);
		}
		contenders.push(await this.startFloor());
		return contenders;
	}

	/** What the work gives; undefined if it fails, which is noted and leaves out that server only. */
	async tried<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined> {
		try {
			return await work();
		} catch (thrown) {
			const failure = `${name}: ${(thrown as Error).message}`;
			this.failures.push(failure);
			this.say(`  ${failure}`);
			return undefined;
		}
	}

	/** One run of the source, on its core if the server has one. */
	async ask(contender: Contender, load: Partial<Load> & { names: readonly string[] }): Promise<SourceReport> {
		const { smoke, window, seconds } = this.options;
		const whole: Load = {
			server: contender.place,
			zone: 'example',
			seconds,
			pids: [contender.program.pid],
			core: this.#core(sourceCore),
			...(load.rateQps === undefined ? { window } : {}),
			...load,
			...(smoke ? { timeoutMs: patientMs } : {}),
		};
		for (let tries = smoke ? smokeTries : 1; ; tries--) {
			const report = await runSource(this.#programs.source, whole);
			if (report.answered > 0 || tries === 1) return report;
		}
	}

	/** Asks each of the names once until all are answered, the last ones first. */
	async fill(contender: Contender, zone: string, count: number, window = 256): Promise<void> {
		const names = ['--fill', String(count)];
		const report = await this.ask(contender, { zone, names, window, seconds: 60, timeoutMs: 1000 });
		if (report.unanswered > 0) throw new Error(`${report.unanswered} of ${count} names were not answered`);
	}
}
