import { type Clock, epochMsOf } from '../util/clock.ts';
import { voidLagShare } from './generate/pace.ts';
import { Bookkeeper } from './measure/bookkeeper.ts';
import { addMap } from './measure/counts.ts';
import type { RoundPlan, WorkerEnd } from './plan.ts';
import type { LoadPool } from './pool.ts';
import type { Interval, Measured, Round } from './result.ts';

/** For the workers to read the plan and open their sockets. */
const leadMs = 250;

export interface RoundOptions {
	readonly pool: LoadPool;
	readonly clock: Clock;
	/** This process's CPU time so far, all threads, in seconds. */
	readonly cpuSec: () => number;
	readonly onInterval?: (interval: Interval) => void;
	/** Called once a second with what ended meanwhile, and the seconds since the round began. */
	readonly onLive?: (recent: Measured, elapsedSec: number) => void;
}

const liveMs = 1000;

/** Runs one round and sums it up. */
export async function runRound(
	plan: Omit<RoundPlan, 'startMs' | 'workers'>,
	number: number,
	options: RoundOptions,
): Promise<Round> {
	const { pool, clock, cpuSec, onInterval, onLive } = options;
	const startMs = clock.nowMs() + leadMs;
	const books = new Bookkeeper({
		workers: pool.workers,
		warmupMs: plan.warmupMs,
		live: onLive !== undefined,
		onInterval,
	});
	const cpu = { beginSec: 0, endSec: Number.NaN };
	const measuredFromMs = startMs + plan.warmupMs;
	const timers = [
		setTimeout(() => (cpu.beginSec = cpuSec()), measuredFromMs - clock.nowMs()),
		setTimeout(() => (cpu.endSec = cpuSec()), measuredFromMs + plan.durationMs - clock.nowMs()),
	];
	const live = setInterval(() => {
		const recent = books.takeRecent();
		if (recent !== undefined) onLive?.(recent, (clock.nowMs() - startMs) / 1000);
	}, liveMs);
	try {
		const full: RoundPlan = { ...plan, startMs, workers: pool.workers };
		const ends = await pool.run(full, (worker, chunk) => books.add(worker, chunk));
		const endMs = clock.nowMs();
		if (Number.isNaN(cpu.endSec)) cpu.endSec = cpuSec();
		const { measured, intervals } = books.close();
		return {
			number,
			startedWallMs: epochMsOf(clock) + startMs,
			seconds: Math.max(0, Math.min(plan.durationMs, endMs - measuredFromMs)) / 1000,
			offeredQps: offeredQps(full),
			measured,
			intervals,
			cpuSec: Math.max(0, cpu.endSec - cpu.beginSec),
			ownDrops: ends.reduce((sum, end) => sum + end.ownDrops, 0),
			void: voidReasons(full, measured, ends),
			interrupted: ends.some((end) => end.interrupted),
			errorCodes: sumCodes(ends),
		};
	} finally {
		clearInterval(live);
		for (const timer of timers) clearTimeout(timer);
	}
}

function offeredQps({ pace }: RoundPlan): number | undefined {
	if (pace.kind === 'rate') return pace.qps;
	return pace.kind === 'ramp' ? (pace.fromQps + pace.toQps) / 2 : undefined;
}

/** Why the round tells of the generator, and not of the server. */
function voidReasons({ maxLagMs }: RoundPlan, measured: Measured, ends: readonly WorkerEnd[]): string[] {
	const reasons: string[] = [];
	const { notOffered } = measured.slots;
	if (notOffered > 0)
		reasons.push(`the generator fell behind: ${notOffered} queries that were due were not sent`);
	const lagUs = measured.lagUs.getValueAtPercentile(99);
	if (lagUs > maxLagMs * 1000 * voidLagShare) {
		reasons.push(
			`the generator fell behind: a hundredth of the queries left ${Math.round(lagUs / 1000)} ms late or more`,
		);
	}
	const drops = ends.reduce((sum, end) => sum + end.ownDrops, 0);
	if (drops > 0)
		reasons.push(`the kernel dropped ${drops} replies because this process did not read them in time`);
	const notTaken = ends.reduce((sum, end) => sum + end.notTaken, 0);
	if (notTaken > 0) reasons.push(`the kernel did not take ${notTaken} queries; they count as lost`);
	return reasons;
}

function sumCodes(ends: readonly WorkerEnd[]): Map<string, number> {
	const sum = new Map<string, number>();
	for (const { errorCodes } of ends) addMap(sum, errorCodes);
	return sum;
}
