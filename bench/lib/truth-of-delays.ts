/**
 * A server that loses every hundredth query and answers the others after a time whose distribution is known. What was lost
 * counts as beyond every answer: the q-quantile of all queries is the q / 0.99-quantile of the delays, and none from 0.99 on.
 */
import { type KnownDelay, knownDelays } from './expected-latency.ts';
import type { LatencyBucket, LoadReport } from './load.ts';
import { allowedAround, measureTruth, type TruthSetting } from './truth-bench.ts';

const loseEvery = 100;
const answeredShare = 1 - 1 / loseEvery;
const warmSecOf = ({ smoke }: TruthSetting): number => (smoke ? 0 : 1);
/** What was lost is waited for twice as long. */
const timeoutSecOf = ({ smoke }: TruthSetting): number => (smoke ? 0.4 : 2);
/** Of those that are lost: two queries that overtake each other at the edge of the measured part change places. */
const edgeQueries = 1;

/** The time, in milliseconds, that a share `q` of the answers are not above. */
function answersQuantileMs(buckets: readonly LatencyBucket[], q: number): number {
	const total = buckets.reduce((sum, [, , count]) => sum + count, 0);
	let seen = 0;
	for (const [, toNs, count] of buckets) {
		seen += count;
		if (seen >= q * total) return toNs / 1e6;
	}
	return Number.NaN;
}

function compare(setting: TruthSetting, { quantileMs }: KnownDelay, report: LoadReport): void {
	const { findings } = setting;
	const figures = [
		['p50', 0.5, report.p50_us],
		['p90', 0.9, report.p90_us],
		['p95', 0.95, report.p95_us],
	] as const;
	for (const [name, q, reportedUs] of figures) {
		const expectedMs = quantileMs(q / answeredShare);
		findings.compare(name, 'ms', expectedMs, reportedUs / 1000, allowedAround(expectedMs));
	}
	const buckets = report.dns_metrics.stats_sum[0].response_latency?.buckets ?? [];
	const p99Ms = quantileMs(0.99);
	findings.compare('p99 of the answers', 'ms', p99Ms, answersQuantileMs(buckets, 0.99), allowedAround(p99Ms));
	const marked = report.at_least.includes('p999_us');
	const text = `${marked ? '≥ ' : ''}${report.p999_us / 1e6} s`;
	const timeout = `≥ ${timeoutSecOf(setting)} s`;
	findings.state('p99.9, among what was lost', timeout, text, text === timeout);
}

async function truthOfDelay(setting: TruthSetting, delay: KnownDelay): Promise<void> {
	const { findings, delayQps, delaySec } = setting;
	findings.begin(
		`open loop, ${delayQps} a second for ${delaySec} s, server with --always "loss1in100 ${delay.label}"`,
	);
	const { report } = await measureTruth(setting, {
		upstream: ['--always', `loss1in${loseEvery} ${delay.label}`],
		load: [
			...['--rate', `${delayQps}`, '--duration', `${delaySec}s`],
			...['--warmup', `${warmSecOf(setting)}s`, '--timeout', `${timeoutSecOf(setting)}s`],
		],
		seconds: delaySec + warmSecOf(setting),
	});
	findings.compare('due', 'queries', delayQps * delaySec, report.due, 0);
	findings.compare('lost', 'queries', report.sent / loseEvery, report.lost, edgeQueries);
	findings.compare('late', 'queries', 0, report.late, 0);
	compare(setting, delay, report);
}

export async function truthOfDelays(setting: TruthSetting): Promise<void> {
	const delays = setting.smoke ? knownDelays.slice(-2) : knownDelays;
	for (const delay of delays) await truthOfDelay(setting, delay);
}
