/** `petrel load` as a process, and its result. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child, type Cleanup, type Exit } from './child.ts';

const program = resolve(import.meta.dirname, '../../../bin/petrel.js');

/** What the tests read of the JSON document. */
export interface LoadJson {
	readonly schema_version: number;
	readonly target: string;
	readonly due: number;
	readonly sent: number;
	readonly answered: number;
	readonly late: number;
	readonly lost: number;
	readonly send_errors: number;
	readonly not_offered: number;
	readonly answered_per_s: number;
	readonly sent_per_s: number;
	readonly p50_us: number;
	readonly p90_us: number;
	readonly p99_us: number;
	readonly p999_us: number;
	readonly max_us: number;
	readonly cpu_us_per_query: number;
	readonly lag_p99_us: number;
	readonly sums_add_up: boolean;
	readonly void: boolean;
	readonly interrupted: boolean;
	readonly truncated: number;
	readonly rcodes: Record<string, number>;
	readonly datagrams: Record<
		'received' | 'answers' | 'late' | 'duplicates' | 'mismatched' | 'unknown',
		number
	>;
	readonly error_codes: Record<string, number>;
	readonly targets: readonly LoadJson[];
	readonly setting: { readonly predicted_hit_ratio?: number };
}

export interface LoadRun extends Exit {
	readonly stdout: string;
	readonly stderr: string;
	/** Undefined: it wrote none. */
	readonly json: LoadJson | undefined;
}

/** Short rounds, the same queries each time, and patience: other tests use the same cores. */
const usual = ['--duration', '500ms', '--warmup', '0', '--seed', '1', '--sockets', '4', '--max-lag', '20s'];

export async function startLoad(cleanup: Cleanup, args: readonly string[]): Promise<Child> {
	const env = Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !name.startsWith('PETREL_') || name === 'PETREL_TRANSPORT',
		),
	);
	return Child.start(cleanup, process.execPath, [program, 'load', ...usual, ...args], { env });
}

export async function runLoad(cleanup: Cleanup, args: readonly string[]): Promise<LoadRun> {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-load-'));
	const file = join(directory, 'result.json');
	try {
		const child = await startLoad(cleanup, [...args, '--json', file]);
		const exit = await child.exited;
		return { ...exit, stdout: child.stdout, stderr: child.stderr, json: readJson(file) };
	} finally {
		rmSync(directory, { recursive: true });
	}
}

function readJson(file: string): LoadJson | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as LoadJson;
	} catch {
		return undefined;
	}
}
