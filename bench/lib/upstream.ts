/** `petrel upstream` as the benchmarks run it, and what it says it was asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { petrelCommand } from './load.ts';
import { freePort, type Place } from './place.ts';
import { Program } from './process.ts';

/** What the benchmarks read of its report. Counts are from its start on. */
export interface UpstreamSeen {
	/** Queries: the misses of whatever forwards to it. */
	readonly total: number;
	/** Different pairs of name and type: the least of misses. */
	readonly questions_seen: number;
	/** Queries that never came to it, and answers that never left. */
	readonly kernel_dropped: number;
	readonly dropped_deliveries: number;
	readonly send_errors: number;
}

/** Between two looks at its output. */
const lookMs = 5;
/** It closes its sockets and writes a report. */
const endMs = 10_000;

export class Upstream {
	readonly place: Place;
	readonly program: Program;
	#reports = 0;

	private constructor(place: Place, program: Program) {
		this.place = place;
		this.program = program;
	}

	/** @param args more flags */
	static async start(built: string, args: readonly string[], core?: number): Promise<Upstream> {
		const place = { address: '127.0.0.1', port: await freePort() };
		const flags = ['--listen', `${place.address}:${place.port}`, '--report', '-', ...args];
		const program = await Program.start(petrelCommand(built, ['upstream', ...flags]), core);
		while (!program.errors.includes(' ready: ')) {
			if (!program.alive) throw new Error(`petrel upstream does not start: ${program.errors}`);
			await sleep(lookMs);
		}
		return new Upstream(place, program);
	}

	/** What it has seen so far. It answers nothing for the milliseconds that it writes this. */
	async seen(): Promise<UpstreamSeen> {
		this.program.signal('SIGUSR1');
		const wanted = this.#reports++;
		for (;;) {
			const lines = this.program.output.split('\n');
			// The last element is what follows the last line feed.
			if (lines.length > wanted + 1) return JSON.parse(lines[wanted]) as UpstreamSeen;
			if (!this.program.alive) throw new Error(`petrel upstream has ended: ${this.program.errors}`);
			await sleep(lookMs);
		}
	}

	/** Ends it, and says what it has seen in all. */
	async end(): Promise<UpstreamSeen> {
		this.program.signal('SIGTERM');
		await this.program.end(endMs);
		const line = this.program.output.split('\n').at(-2);
		if (line === undefined) throw new Error(`petrel upstream gives no report: ${this.program.errors}`);
		return JSON.parse(line) as UpstreamSeen;
	}
}
