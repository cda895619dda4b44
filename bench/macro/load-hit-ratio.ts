/**
 * Whether a cache hits as often as `petrel load` predicts: petrel load → petrel serve → petrel upstream, whose count of queries
 * is the cache's true misses. Prefetch and stale answers are off, the cache is larger than all that is asked, and equal
 * questions that are under way at once are one miss, as in the prediction. Exit code 1 if a ratio lies more than one point off.
 *
 * Popularity (--zipf) is measured from a cold cache, without a warm-up. Of --hit-ratio, the warm-up asks for the names that are
 * to be known, each of them a miss: both they and their misses are left out, and all behind them counts.
 *
 *     node bench/macro/load-hit-ratio.ts [--rate 10000] [--seconds 12] [--smoke]
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { type LoadReport, LoadRun } from '../lib/load.ts';
import { stopAll } from '../lib/process.ts';
import { startServing } from '../lib/serving.ts';
import { Upstream } from '../lib/upstream.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
	options: { rate: text, seconds: text, smoke: { type: 'boolean', default: false } },
});
const { smoke } = values;
const rateQps = Number(values.rate ?? (smoke ? 300 : 10_000));
const seconds = Number(values.seconds ?? (smoke ? 1.5 : 12));
const many = smoke ? 200 : 100_000;
const some = smoke ? 50 : 20_000;
/** Where numbers mean nothing, nothing is pinned. The cache has a core of its own. */
const [cacheCore, otherCore] = smoke ? [undefined, undefined] : [0, 1];

/** Longer than any run. */
const longTtlSec = 3600;
const pointsAllowed = 1;
/** Late queries are no worse here than others; what is not asked at all changes the ratio. */
const patience = ['--max-lag', '20s'];
/** Octets for each name, several times as many as it takes. */
const bytesPerName = 512;
const endMs = 60_000;

interface Situation {
	readonly name: string;
	readonly ttlSec: number;
	readonly names: number;
	/** Flags of `petrel load`. */
	readonly flags: readonly string[];
	/** Names that the warm-up makes known. */
	readonly known: number;
}

function zipf(exponent: number, names: number, ttlSec: number): Situation {
	const expires = ttlSec < longTtlSec;
	const flags = ['--zipf', `${exponent}`, '--names', `${names}`, '--warmup', '0'];
	if (expires) flags.push('--cache-ttl', `${ttlSec}s`);
	const ttl = expires ? `TTL ${ttlSec} s` : 'nothing expires';
	return { name: `Zipf ${exponent}, ${names} names, ${ttl}`, ttlSec, names, flags, known: 0 };
}

function hitRatio(percent: number, names: number): Situation {
	const flags = ['--hit-ratio', `${percent}%`, '--names', `${names}`];
	const name = `${percent} % of ${names} known names, nothing expires`;
	return { name, ttlSec: longTtlSec, names, flags, known: names };
}

const situations: readonly Situation[] = smoke
	? [zipf(1, many, longTtlSec), zipf(0.8, some, 1), hitRatio(90, some)]
	: [
			zipf(1, many, longTtlSec),
			zipf(0.8, many, longTtlSec),
			zipf(1, some, 2),
			zipf(0.8, some, 3),
			hitRatio(90, some),
		];

interface Outcome {
	readonly queries: number;
	readonly misses: number;
	/** Of what the cache asked, that which it need not have asked if nothing expired. */
	readonly again: number;
	readonly report: LoadReport;
}

async function measure(built: string, { ttlSec, names, flags, known }: Situation): Promise<Outcome> {
	const upstream = await Upstream.start(built, ['--ttl', `${ttlSec}`], otherCore);
	// Names that nobody has asked before come on top, one for each query at most.
	const cacheKib = Math.ceil(((names + rateQps * seconds) * bytesPerName) / 1024) + 16_384;
	const cache = await startServing({ built, upstream: upstream.place, cacheKib, core: cacheCore });
	const before = await upstream.seen();
	const args = ['--rate', `${rateQps}`, '--duration', `${seconds}s`, '--seed', '1', ...patience, ...flags];
	const run = await LoadRun.start({ built, targets: [cache.place], args, core: otherCore });
	const report = await run.report(seconds * 1000 + endMs);
	await cache.program.stop();
	const after = await upstream.end();
	const sent = report.dns_metrics.stats_periodic.reduce((sum, second) => sum + second.sent.queries, 0);
	const asked = after.total - before.total;
	const questions = after.questions_seen - before.questions_seen;
	return { queries: sent - known, misses: asked - known, again: asked - questions, report };
}

/** @returns whether the ratio is what it should be */
function printRow({ name }: Situation, { queries, misses, again, report }: Outcome): boolean {
	const measured = 100 * (1 - misses / queries);
	const predicted = 100 * report.setting.predicted_hit_ratio!;
	const difference = measured - predicted;
	const reasons = report.rounds.flatMap((round) => round.void_reasons);
	const holds = Math.abs(difference) <= pointsAllowed && reasons.length === 0;
	const cells = [
		name,
		queries,
		misses,
		again,
		report.lost + report.late,
		measured.toFixed(2),
		predicted.toFixed(2),
		`${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(2)}`,
		reasons.length > 0 ? `void: ${reasons.join('; ')}` : holds ? 'ok' : 'OUTSIDE',
	];
	process.stdout.write(`| ${cells.join(' | ')} |\n`);
	return holds;
}

const built = buildPetrel();
try {
	if (smoke) process.stdout.write('smoke run: the numbers mean nothing\n');
	process.stdout.write(`${rateQps} queries a second for ${seconds} s, without warm-up\n\n`);
	process.stdout.write(
		'| | queries | misses | of them for names asked before | lost or late | hits, % | predicted, % | difference, points | |\n',
	);
	process.stdout.write(`|${' --- |'.repeat(9)}\n`);
	let outside = 0;
	for (const situation of situations) {
		if (!printRow(situation, await measure(built, situation))) outside++;
		await stopAll();
	}
	process.stdout.write(`\n${outside} further off than ${pointsAllowed} point\n`);
	if (!smoke && outside > 0) process.exitCode = 1;
} finally {
	await stopAll();
	rmSync(built, { recursive: true });
}
