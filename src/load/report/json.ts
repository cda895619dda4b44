/**
 * A run as JSON, for scripts. The first target's figures are on the top level too, so that `.p99_us` is all that a
 * pipeline for one server needs.
 */
import { timeText } from '../../util/clock.ts';
import type { LoadResult, LoadSetting, Round } from '../result.ts';
import { caveatsOf } from './caveats.ts';
import { compare } from './comparison.ts';
import { dnsMetricsOf } from './dns-metrics.ts';
import { figuresJson, searchJson, spreadsJson } from './json-figures.ts';
import { documentText, type JsonObject } from './json-text.ts';
import { judgeSummaries } from './judgement.ts';
import { type Summary, summarize } from './summary.ts';
import type { Threshold } from './thresholds.ts';
import { verdictOf } from './verdict.ts';

/** Grows when a key changes its meaning or goes; new keys may come at any time. */
const schemaVersion = 1;

/** One document, with a line feed at its end. */
export function toJson(result: LoadResult, thresholds: readonly Threshold[]): string {
	const summaries = summarize(result);
	const judgements = judgeSummaries(summaries, thresholds);
	const targets = summaries.map(targetJson);
	return documentText({
		schema_version: schemaVersion,
		...targets[0],
		verdict: verdictOf(result, summaries, judgements).text,
		interrupted: result.interrupted,
		thresholds: judgements.map(({ threshold, target, kept, void: isVoid, value, text }) => ({
			threshold: threshold.text,
			target,
			kept,
			void: isVoid,
			value: value ?? null,
			limit: threshold.limit,
			unit: unitNames[threshold.unit],
			text,
		})),
		targets,
		comparisons: compare(summaries).map(({ target, base, pairs, ratios }) => ({
			target,
			base,
			pairs,
			answered_per_s_ratio: ratios.answeredPerSec ?? null,
			p50_ratio: ratios.p50 ?? null,
			p99_ratio: ratios.p99 ?? null,
		})),
		rounds: summaries.flatMap((summary) => summary.rounds.map((round) => roundJson(summary, round))),
		setting: settingJson(result.setting),
		caveats: caveatsOf(result, summaries),
		dns_metrics: { ...dnsMetricsOf(result) },
	});
}

/** The run in the dns-metrics schema alone, an object a line. */
export function toJsonLines(result: LoadResult): string {
	const { header, stats_periodic, stats_sum, event } = dnsMetricsOf(result);
	const lines: string[] = [];
	for (const objects of [[header], stats_periodic, stats_sum, event]) {
		for (const object of objects) lines.push(`${JSON.stringify(object)}\n`);
	}
	return lines.join('');
}

const unitNames = { us: 'us', share: 'share', count: 'count', perSec: 'per_s' } as const;

function targetJson(summary: Summary): JsonObject {
	const { target, transport, rounds, counted, offeredPerSec, cpuShare, search, timeoutUs } = summary;
	return {
		target,
		transport,
		...figuresJson(summary, timeoutUs),
		offered_per_s: offeredPerSec ?? null,
		cpu_share: cpuShare ?? null,
		void: summary.void,
		void_rounds: rounds.filter((round) => round.void.length > 0).length,
		counted_rounds: counted.length,
		spread: spreadsJson(summary),
		search: searchJson(search, timeoutUs),
	};
}

function roundJson({ target, timeoutUs }: Summary, round: Round): JsonObject {
	return {
		target,
		round: round.number,
		started: timeText(round.startedWallMs),
		void: round.void.length > 0,
		void_reasons: round.void,
		interrupted: round.interrupted,
		offered_per_s: round.offeredQps ?? null,
		...figuresJson(round, timeoutUs),
	};
}

function settingJson(setting: LoadSetting): JsonObject {
	return {
		mode: setting.mode,
		arguments: setting.arguments,
		rate: setting.rateText,
		workload: setting.workloadText,
		seed: setting.seed,
		workers: setting.workers,
		sockets: setting.sockets,
		duration_s: setting.durationSec,
		warmup_s: setting.warmupSec,
		timeout_s: setting.timeoutSec,
		transport: setting.transportText,
		petrel_version: setting.petrelVersion,
		node_version: setting.nodeVersion,
		platform: setting.platformText,
		cpu: setting.cpuText,
		started: timeText(setting.startedWallMs),
		predicted_hit_ratio: setting.predictedHitRatio ?? null,
	};
}
