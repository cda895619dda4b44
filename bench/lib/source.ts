/** The load source, `bench/source/source.c`: one run of it. */
import type { Place } from './place.ts';
import { Program } from './process.ts';

export interface Load {
	readonly server: Place;
	readonly zone: string;
	/** Names asked; see the source. */
	readonly names: readonly string[];
	readonly seconds: number;
	readonly warmSec?: number;
	readonly window?: number;
	/** Open loop in place of a window. */
	readonly rateQps?: number;
	readonly sockets?: number;
	readonly timeoutMs?: number;
	readonly seed?: number;
	/** Whose processor time is measured. */
	readonly pids?: readonly number[];
	readonly core?: number | undefined;
}

/** What the source prints. Without the warm-up. */
export interface SourceReport {
	readonly seconds: number;
	readonly sent: number;
	readonly answered: number;
	readonly empty: number;
	readonly lost: number;
	readonly late: number;
	readonly unanswered: number;
	readonly rcodes: readonly number[];
	readonly sendBatch: number;
	readonly receiveBatch: number;
	readonly latencyUs: {
		readonly p50: number;
		readonly p99: number;
		readonly p999: number;
		readonly max: number;
	};
	/** Open loop: the source fell behind by more than a hundredth. */
	readonly void: boolean;
	readonly processorSec: readonly number[];
}

/** Beyond the seconds it was told: then it hangs. */
const graceMs = 10_000;

export async function runSource(path: string, load: Load): Promise<SourceReport> {
	const { server, zone, names, seconds, warmSec = 0 } = load;
	const args = ['--server', `${server.address}:${server.port}`, '--zone', zone, ...names];
	args.push('--seconds', String(seconds), '--warm-sec', String(warmSec));
	if (load.window !== undefined) args.push('--window', String(load.window));
	if (load.rateQps !== undefined) args.push('--rate', String(load.rateQps));
	if (load.sockets !== undefined) args.push('--sockets', String(load.sockets));
	if (load.timeoutMs !== undefined) args.push('--timeout-ms', String(load.timeoutMs));
	if (load.seed !== undefined) args.push('--seed', String(load.seed));
	for (const pid of load.pids ?? []) args.push('--pid', String(pid));
	const program = await Program.start({ program: path, args }, load.core);
	const code = await program.end((seconds + warmSec) * 1000 + graceMs);
	if (code !== 0) throw new Error(`source ${args.join(' ')}: ${program.errors || 'killed, it did not end'}`);
	return JSON.parse(program.output) as SourceReport;
}
