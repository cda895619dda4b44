/** What both parts of the bench of latency truth (bench/macro/load-truth.ts) share. */
import type { Findings } from './findings.ts';
import { type LoadReport, LoadRun } from './load.ts';
import { scheduledOf } from './processor-time.ts';
import { Upstream, type UpstreamSeen } from './upstream.ts';

export interface TruthSetting {
	/** Where petrel was built. */
	readonly built: string;
	readonly findings: Findings;
	/** Where numbers mean nothing: everything shorter, nothing pinned, and patience for whoever has no turn. */
	readonly smoke: boolean;
	/** Queries a second where a server stands still: its receive buffer has to hold a stall's. */
	readonly stallQps: number;
	readonly delayQps: number;
	readonly delaySec: number;
	/** A file in dnsperf's format. */
	readonly queries: string;
}

/** A reported figure may be so far off, and a difference that no percentage of a small figure can allow. */
const allowedShare = 0.05;
const allowedMs = 0.3;
const endMs = 30_000;

export function allowedAround(expectedMs: number): number {
	return Math.max(expectedMs * allowedShare, allowedMs);
}

/** Undefined: wherever the kernel likes. */
export function coresOf({ smoke }: TruthSetting): { server?: number; load?: number } {
	return smoke ? {} : { server: 0, load: 1 };
}

/** An upstream that nobody has asked yet: a schedule begins with the first query. */
export function startUpstream(setting: TruthSetting, args: readonly string[]): Promise<Upstream> {
	return Upstream.start(setting.built, args, coresOf(setting).server);
}

export interface TruthRun {
	/** Flags. */
	readonly upstream: readonly string[];
	readonly load: readonly string[];
	/** How long the load lasts. */
	readonly seconds: number;
	/** Done while it runs. */
	readonly meanwhile?: (upstream: Upstream) => Promise<void>;
}

export interface TruthResult {
	readonly report: LoadReport;
	readonly seen: UpstreamSeen;
}

/**
 * Runs one load against an upstream of its own. A void round is a finding, for then it says nothing of the server; what tells
 * a busy machine from a wrong figure is shown beside.
 */
export async function measureTruth(setting: TruthSetting, run: TruthRun): Promise<TruthResult> {
	const { findings, built, smoke } = setting;
	const upstream = await startUpstream(setting, run.upstream);
	const before = scheduledOf(upstream.program.pid);
	// What the generator gathers is its own part of a latency; here it is to be as small as it can be.
	const args = ['--seed', '1', '--gather', '0', ...run.load, ...(smoke ? ['--max-lag', '20s'] : [])];
	const load = await LoadRun.start({ built, targets: [upstream.place], args, core: coresOf(setting).load });
	await run.meanwhile?.(upstream);
	const report = await load.report(run.seconds * 1000 + endMs);
	const waitedMs = 1000 * (scheduledOf(upstream.program.pid).waitedSec - before.waitedSec);
	const seen = await upstream.end();
	const reasons = report.rounds.flatMap((round) => round.void_reasons);
	if (reasons.length > 0) findings.state('the round', 'counts', `void: ${reasons.join('; ')}`, false);
	findings.state('sums', 'add up', report.sums_add_up ? 'add up' : 'do not', report.sums_add_up);
	findings.show('the server waited for a processor, in all', '', `${waitedMs.toFixed(1)} ms`);
	const lag = [report.lag_p99_us, report.lag_max_us].map((us) => `${(us / 1000).toFixed(2)} ms`);
	findings.show('the generator was behind, at p99 and at most', '', lag.join(', '));
	const dropped = seen.kernel_dropped + seen.dropped_deliveries + seen.send_errors;
	findings.compare('dropped by the server or its kernel', 'messages', 0, dropped, 0);
	return { report, seen };
}
