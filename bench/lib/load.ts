/** `petrel load` as the benchmarks run it: as it is published, in a process of its own, its result as it writes it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { type Command, Program } from './process.ts';

/** What the benchmarks read of the figures of a target or a round. Times are microseconds. */
export interface LoadFigures {
	readonly target: string;
	readonly due: number;
	readonly sent: number;
	readonly answered: number;
	readonly late: number;
	readonly lost: number;
	readonly send_errors: number;
	readonly not_offered: number;
	readonly answered_per_s: number;
	readonly p50_us: number;
	readonly p90_us: number;
	readonly p95_us: number;
	readonly p99_us: number;
	readonly p999_us: number;
	readonly max_us: number;
	readonly mean_us: number;
	/** Keys of values that are the least that they can be. */
	readonly at_least: readonly string[];
	readonly lag_p99_us: number;
	readonly lag_max_us: number;
	readonly sums_add_up: boolean;
	/** Of a target: none of its rounds counts. */
	readonly void: boolean;
}

/** Of answers that took from so long to so long, in nanoseconds. */
export type LatencyBucket = readonly [fromNs: number, toNs: number, count: number];

export interface LoadReport extends LoadFigures {
	readonly targets: readonly LoadFigures[];
	readonly rounds: readonly (LoadFigures & { readonly void_reasons: readonly string[] })[];
	readonly setting: { readonly predicted_hit_ratio: number | null };
	readonly dns_metrics: {
		/** A second each, warm-up included. */
		readonly stats_periodic: readonly { readonly sent: { readonly queries: number } }[];
		/** A round each. The buckets leave out what was lost. */
		readonly stats_sum: readonly {
			readonly response_latency: { readonly buckets: readonly LatencyBucket[] };
		}[];
	};
}

/** @param built where petrel was built */
export function petrelCommand(built: string, args: readonly string[]): Command {
	return { program: process.execPath, args: [join(built, 'bin/petrel.js'), ...args] };
}

export interface LoadOptions {
	/** Where petrel was built; its result goes there too. */
	readonly built: string;
	readonly targets: readonly Place[];
	/** Flags. */
	readonly args: readonly string[];
	readonly core?: number | undefined;
}

/** One run of `petrel load`. */
export class LoadRun {
	readonly program: Program;
	readonly #directory: string;

	private constructor(program: Program, directory: string) {
		this.program = program;
		this.#directory = directory;
	}

	static async start({ built, targets, args, core }: LoadOptions): Promise<LoadRun> {
		const directory = mkdtempSync(join(built, 'load-'));
		const places = targets.map(({ address, port }) => `${address}:${port}`);
		const outputs = ['--quiet', '--json', join(directory, 'result.json')];
		const command = petrelCommand(built, ['load', ...places, ...outputs, ...args]);
		return new LoadRun(await Program.start(command, core), directory);
	}

	/** Its result, when it has ended by itself. @param limitMs it hangs if it takes longer */
	async report(limitMs: number): Promise<LoadReport> {
		await this.program.end(limitMs);
		try {
			return JSON.parse(readFileSync(join(this.#directory, 'result.json'), 'utf8')) as LoadReport;
		} catch (error) {
			const why = this.program.errors || 'killed, it did not end';
			throw new Error(`petrel load gives no result: ${why}`, { cause: error });
		} finally {
			rmSync(this.#directory, { recursive: true });
		}
	}
}
