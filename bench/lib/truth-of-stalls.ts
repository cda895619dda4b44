/**
 * A server that stands still for a tenth of the time. Whoever is due in a stall of one second waits evenly between no time
 * and all of it: a latency x is exceeded by 0.1 (1 − x / 1 s) of the queries.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { dnsperfCommand, dnsperfProgram, readDnsperf } from './dnsperf.ts';
import { stallMeanMs, stallQuantileMs } from './expected-latency.ts';
import type { LoadReport } from './load.ts';
import { Program } from './process.ts';
import { allowedAround, coresOf, measureTruth, startUpstream, type TruthSetting } from './truth-bench.ts';
import type { Upstream } from './upstream.ts';

interface Period {
	readonly upMs: number;
	readonly stallMs: number;
	readonly count: number;
}

const closedWindow = 10;
const lookMs = 20;
/** Beyond the seconds that dnsperf was told: then it hangs. */
const graceMs = 30_000;

function periodOf({ smoke }: TruthSetting): Period {
	return smoke ? { upMs: 900, stallMs: 100, count: 1 } : { upMs: 9000, stallMs: 1000, count: 3 };
}

function spanMsOf({ upMs, stallMs, count }: Period): number {
	return (upMs + stallMs) * count;
}

function compare(
	setting: TruthSetting,
	report: LoadReport,
	stallsMs: readonly number[],
	spanMs: number,
): void {
	const figures = [
		['p50', 0.5, report.p50_us],
		['p95', 0.95, report.p95_us],
		['p99', 0.99, report.p99_us],
		['p99.9', 0.999, report.p999_us],
	] as const;
	for (const [name, q, reportedUs] of figures) {
		const expectedMs = stallQuantileMs(q, stallsMs, spanMs);
		setting.findings.compare(name, 'ms', expectedMs, reportedUs / 1000, allowedAround(expectedMs));
	}
	const meanMs = stallMeanMs(stallsMs, spanMs);
	setting.findings.compare('mean', 'ms', meanMs, report.mean_us / 1000, allowedAround(meanMs));
	setting.findings.compare('lost or late', 'queries', 0, report.lost + report.late, 0);
}

/** Stalls by the server's own schedule, whole periods of it, from the first query on. */
async function scheduled(setting: TruthSetting): Promise<void> {
	const period = periodOf(setting);
	const spanMs = spanMsOf(period);
	const schedule = scheduleOf(period);
	setting.findings.begin(`open loop, ${setting.stallQps} a second, server with --schedule "${schedule}"`);
	const { report } = await measureTruth(setting, {
		upstream: ['--schedule', schedule],
		load: openLoop(setting, spanMs),
		seconds: spanMs / 1000,
	});
	compare(setting, report, stallsOf(period), spanMs);
}

function openLoop({ stallQps }: TruthSetting, spanMs: number): string[] {
	return ['--rate', `${stallQps}`, '--duration', `${spanMs}ms`, '--warmup', '0'];
}

function stallsOf({ stallMs, count }: Period): number[] {
	return new Array(count).fill(stallMs);
}

function scheduleOf({ upMs, stallMs }: Period): string {
	return `up ${upMs}ms, stall ${stallMs}ms`;
}

/** Stops and continues a process so many times; how long it stood still each time, in milliseconds. */
async function freeze(program: Program, { upMs, stallMs, count }: Period): Promise<number[]> {
	const stallsMs: number[] = [];
	try {
		for (let i = 0; i < count; i++) {
			await sleep(i === 0 ? upMs / 2 : upMs);
			program.signal('SIGSTOP');
			const fromMs = performance.now();
			await sleep(stallMs);
			program.signal('SIGCONT');
			stallsMs.push(performance.now() - fromMs);
		}
	} finally {
		program.signal('SIGCONT');
	}
	return stallsMs;
}

async function asked(upstream: Upstream): Promise<void> {
	while ((await upstream.seen()).total === 0) await sleep(lookMs);
}

/** Stalls as they happen: the kernel keeps the queries while the server's process is stopped. */
async function frozen(setting: TruthSetting): Promise<void> {
	const period = periodOf(setting);
	const spanMs = spanMsOf(period);
	const stalls = `${period.count} × ${period.stallMs} ms in ${spanMs / 1000} s`;
	setting.findings.begin(`open loop, ${setting.stallQps} a second, server stopped by SIGSTOP for ${stalls}`);
	let stallsMs: number[] = [];
	const { report } = await measureTruth(setting, {
		upstream: [],
		load: openLoop(setting, spanMs),
		seconds: spanMs / 1000,
		meanwhile: async (upstream) => {
			await asked(upstream);
			stallsMs = await freeze(upstream.program, period);
		},
	});
	compare(setting, report, stallsMs, spanMs);
}

/** What the closed loop says of the same server: it does not ask while it waits, and so is charged for `closedWindow` a stall. */
async function closed(setting: TruthSetting): Promise<void> {
	const period = periodOf(setting);
	const spanMs = spanMsOf(period);
	const { findings } = setting;
	findings.begin(`closed loop, ${closedWindow} under way, the same schedule: shown, not judged`);
	const { report } = await measureTruth(setting, {
		upstream: ['--schedule', scheduleOf(period)],
		load: ['--concurrency', `${closedWindow}`, '--duration', `${spanMs}ms`, '--warmup', '0'],
		seconds: spanMs / 1000,
	});
	const shown = [
		['p95', 0.95, report.p95_us],
		['p99', 0.99, report.p99_us],
		['p99.9', 0.999, report.p999_us],
	] as const;
	for (const [name, q, us] of shown) {
		const expected = `${stallQuantileMs(q, stallsOf(period), spanMs).toFixed(2)} ms`;
		const what = `petrel load --concurrency ${closedWindow}: ${name}`;
		findings.show(what, expected, `${(us / 1000).toFixed(2)} ms`);
	}
	await closedDnsperf(setting, period, undefined);
	await closedDnsperf(setting, period, setting.stallQps);
}

/** dnsperf prints no percentiles. @param rateQps undefined: as fast as answers come */
async function closedDnsperf(
	setting: TruthSetting,
	period: Period,
	rateQps: number | undefined,
): Promise<void> {
	const { findings, queries } = setting;
	const spanMs = spanMsOf(period);
	const name = `dnsperf${rateQps === undefined ? '' : ` -Q ${rateQps}`} -q ${closedWindow}`;
	if (dnsperfProgram === undefined) {
		findings.show(name, '', 'it is not here');
		return;
	}
	const upstream = await startUpstream(setting, ['--schedule', scheduleOf(period)]);
	const rate = rateQps === undefined ? {} : { rateQps };
	const run = { server: upstream.place, queries, seconds: spanMs / 1000, window: closedWindow, ...rate };
	const program = await Program.start(dnsperfCommand(run), coresOf(setting).load);
	await program.end(spanMs + graceMs);
	const { averageUs, maxUs } = readDnsperf(program.output);
	await upstream.end();
	const meanMs = stallMeanMs(stallsOf(period), spanMs).toFixed(2);
	findings.show(`${name}: average`, `${meanMs} ms`, `${(averageUs / 1000).toFixed(2)} ms`);
	findings.show(`${name}: max`, `${period.stallMs.toFixed(2)} ms`, `${(maxUs / 1000).toFixed(2)} ms`);
}

export async function truthOfStalls(setting: TruthSetting): Promise<void> {
	await scheduled(setting);
	await frozen(setting);
	await closed(setting);
}
