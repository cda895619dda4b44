/** `petrel policies`: from flags to a study, and from its report to an exit code. */
import { choiceOf, usualChoices } from '../../lab/study/choices.ts';
import type { StudyReport } from '../../lab/study/report.ts';
import type { StudySetup } from '../../lab/study/setup.ts';
import { runStudy } from '../../lab/study/study.ts';
import { newClockOrigin, systemClock, timeText, wallClockMs } from '../../util/clock.ts';
import { PetrelError } from '../../util/errors.ts';
import { exitCode } from '../exit.ts';
import { ReadNotes } from '../load/read-notes.ts';
import { packageVersion } from '../version.ts';
import type { PoliciesOptions } from './command-options.ts';
import { policyList } from './list.ts';
import { openOutputs } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { simulationOf } from './server-options.ts';
import { sourceOf } from './source.ts';

/** Where nobody says how wide. */
const widthElsewhere = 200;

export async function runPolicies(traces: readonly string[], options: PoliciesOptions): Promise<void> {
	if (options.list) {
		process.stdout.write(policyList(process.stdout.columns ?? widthElsewhere));
		return;
	}
	const policies = options.policy.length > 0 ? options.policy : usualChoices;
	for (const name of policies) choiceOf(name);
	const progress = new ProgressLine(process.stderr, !options.quiet && !process.env.CI);
	const notes = new ReadNotes((line) => {
		progress.end();
		process.stderr.write(`petrel: ${line}\n`);
	});
	const source = sourceOf(traces, options, (message) => notes.bad(message));
	const simulation = simulationOf(options);
	checkBounds(options);
	const outputs = openOutputs(options, () => ({
		petrelVersion: packageVersion(),
		nodeVersion: process.versions.node,
		platform: `${process.platform}-${process.arch}`,
		endedAt: timeText(wallClockMs()),
	}));
	const setup: StudySetup = {
		...{ source, policies, simulation },
		sizes: options.size.length > 0 ? options.size : undefined,
		negativeShare: options.negativeShare?.value,
		lastsToTheEnd: options.ttlInclusive,
		seed: options.seed,
		threads: options.threads,
		stream: options.stream,
		sampleShare: options.sample?.value,
		memoryBytes: options.memory ?? process.availableMemory() / 2,
		settings: settingsOf(options),
		clock: systemClock(newClockOrigin()),
	};
	const { report, isInterrupted } = await untilSignal(setup, progress);
	// Whoever writes to it may never end.
	if (isInterrupted && !source.isRepeatable) process.stdin.destroy();
	if (report === undefined) process.stderr.write('petrel: it was ended before a request was read\n');
	else await outputs.write(report);
	process.exitCode = codeOf(report, isInterrupted);
}

function checkBounds({ minTtl, maxTtl, minNegativeTtl, maxNegativeTtl }: PoliciesOptions): void {
	for (const [low, high, flags] of [
		[minTtl, maxTtl, '--min-ttl and --max-ttl'],
		[minNegativeTtl ?? minTtl, maxNegativeTtl ?? maxTtl, '--min-negative-ttl and --max-negative-ttl'],
	] as const) {
		if (low === undefined || high === undefined || low.value <= high.value) continue;
		throw new PetrelError(
			'PETREL_CONFIG',
			`${flags}: the smallest TTL, ${low.written}, is above the largest, ${high.written}`,
		);
	}
}

/** What was asked for, in the order of the flags. */
function settingsOf(options: PoliciesOptions): [string, string][] {
	const { ttlInclusive, keepIncomplete, pairReplies, seed } = options;
	const values = {
		ttl: options.ttl,
		'negative-ttl': options.negativeTtl,
		'min-ttl': options.minTtl,
		'max-ttl': options.maxTtl,
		'min-negative-ttl': options.minNegativeTtl,
		'max-negative-ttl': options.maxNegativeTtl,
		'serve-stale': options.serveStale,
		prefetch: options.prefetch,
		'negative-share': options.negativeShare,
		'warmup-requests': options.warmupRequests,
		'duplicates-within': options.duplicatesWithin,
		rate: options.rate,
		rtt: options.rtt,
		sample: options.sample,
	};
	const rows = Object.entries(values).flatMap(([name, value]): [string, string][] =>
		value === undefined ? [] : [[name, value.written]],
	);
	if (ttlInclusive) rows.push(['ttl-inclusive', 'yes']);
	if (keepIncomplete) rows.push(['keep-incomplete', 'yes']);
	if (!pairReplies) rows.push(['pair-replies', 'no']);
	return [...rows, ['seed', String(seed)]];
}

interface Ended {
	/** Undefined: it was interrupted before there was anything. */
	readonly report: StudyReport | undefined;
	readonly isInterrupted: boolean;
}

/** Runs it; the first Ctrl-C or SIGTERM ends it with what there is, the second at once. */
async function untilSignal(setup: StudySetup, progress: ProgressLine): Promise<Ended> {
	const ending = new AbortController();
	const { signal } = ending;
	const onSignal = (name: NodeJS.Signals): void => {
		if (signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
		ending.abort();
	};
	process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
	try {
		const report = await runStudy({ ...setup, signal }, progress.onProgress);
		return { report, isInterrupted: signal.aborted };
	} catch (thrown) {
		if (!signal.aborted) throw thrown;
		return { report: undefined, isInterrupted: true };
	} finally {
		process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
		progress.end();
	}
}

function codeOf(report: StudyReport | undefined, isInterrupted: boolean): number {
	if (isInterrupted || report === undefined) return exitCode.interrupted;
	return report.runs.some(({ result }) => result !== undefined) ? exitCode.ok : exitCode.failed;
}
