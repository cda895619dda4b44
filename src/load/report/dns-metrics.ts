/**
 * The run as objects of DNS-OARC's dns-metrics schema, which several testers of DNS servers share. Times are integers of
 * nanoseconds there, those of the calendar larger than a number of JavaScript can hold.
 *
 *   sent.queries      = answers in time + timeouts.queries
 *   timeouts          queries without an answer in time, and the responses among them that came after all
 *   received          responses to these queries, in time or late: what response_rcodes and the buckets add up to
 *   unexpected        every other datagram
 *   discarded         queries that were due and that the generator did not send
 *
 * A `subid` names target and round; what was measured during the warm-up has one of its own, so that the periodic
 * objects of a subid add up to its sum.
 */
import { rcodeName } from '../../wire/iana.ts';
import type { LoadResult, Measured, Round, TargetResult } from '../result.ts';
import { type Bucket, momentsOf, replyBuckets } from './histogram.ts';
import { exactInteger, type JsonObject } from './json-text.ts';
import { sentOf } from './measured.ts';
import { everyRound } from './summary.ts';

/** Of the schema. */
const schemaVersion = 20_240_530;
const nsPerUs = 1000;

export interface DnsMetrics {
	readonly header: JsonObject;
	/** Made as they are read, since those of a long run would fill the memory. */
	readonly stats_periodic: Iterable<JsonObject>;
	readonly stats_sum: readonly JsonObject[];
	/** Rounds that are void, and why. */
	readonly event: readonly JsonObject[];
}

export function dnsMetricsOf(result: LoadResult): DnsMetrics {
	const { setting, targets, searches } = result;
	const runid = `petrel-load-${Math.round(setting.startedWallMs)}-${setting.seed}`;
	const timeoutUs = setting.timeoutSec * 1e6;
	const runs = targets.flatMap((target, place): Run[] =>
		everyRound(target, searches[place]).map((round) => ({ target, round })),
	);
	const first = runs.find(({ round }) => round.intervals.length > 0)?.round.intervals[0];
	return {
		header: {
			runid,
			type: 'header',
			schema_version: schemaVersion,
			generator: 'petrel load',
			generator_version: setting.petrelVersion,
			generator_params: setting.arguments,
			time_units_per_sec: 1_000_000_000,
			stats_interval: first ? first.toSec - first.fromSec : 1,
			timeout: setting.timeoutSec,
		},
		stats_periodic: periodicOf(runs, runid, timeoutUs),
		stats_sum: runs.map(({ target, round }) => {
			const [fromSec, toSec] = spanOf(round);
			return {
				runid,
				subid: subidOf(target, round),
				type: 'stats_sum',
				since: calendarNs(round, fromSec),
				until: calendarNs(round, toSec),
				...statsOf(round.measured, target, timeoutUs),
			};
		}),
		event: runs
			.filter(({ round }) => round.void.length > 0)
			.map(({ target, round }) => ({
				runid,
				subid: subidOf(target, round),
				type: 'event',
				msg: round.void.join('; '),
				msg_type: 'void',
			})),
	};
}

interface Run {
	readonly target: TargetResult;
	readonly round: Round;
}

function* periodicOf(runs: readonly Run[], runid: string, timeoutUs: number): Generator<JsonObject> {
	for (const { target, round } of runs) {
		for (const { fromSec, toSec, warmup, measured } of round.intervals) {
			yield {
				runid,
				subid: `${subidOf(target, round)}${warmup ? '/warm-up' : ''}`,
				type: 'stats_periodic',
				since: calendarNs(round, fromSec),
				until: calendarNs(round, toSec),
				...statsOf(measured, target, timeoutUs),
			};
		}
	}
}

function subidOf({ target }: TargetResult, { number }: Round): string {
	return `${target}/${number}`;
}

/** What was measured, without warm-up. */
function spanOf({ intervals, seconds }: Round): readonly [fromSec: number, toSec: number] {
	const counted = intervals.filter(({ warmup }) => !warmup);
	if (counted.length === 0) return [0, seconds];
	return [counted[0].fromSec, counted[counted.length - 1].toSec];
}

function calendarNs({ startedWallMs }: Round, sec: number): unknown {
	return exactInteger(BigInt(Math.round(startedWallMs * 1000 + sec * 1e6)) * BigInt(nsPerUs));
}

function statsOf(measured: Measured, target: TargetResult, timeoutUs: number): JsonObject {
	const { slots, datagrams, rcodes } = measured;
	const latency = latencyOf(measured, timeoutUs);
	return {
		sent: { queries: sentOf(slots) },
		received: { responses: datagrams.answers + datagrams.late },
		timeouts: { queries: slots.late + slots.lost, responses: datagrams.late },
		unexpected: { responses: datagrams.duplicates + datagrams.mismatched + datagrams.unknown },
		discarded: { queries: slots.notOffered },
		response_rcodes: Object.fromEntries([...rcodes].map(([code, count]) => [rcodeName(code), count])),
		...(latency && { response_latency: latency }),
		conn_info: connectionsOf(measured, target),
	};
}

/** Of responses alone: queries without one are among the timeouts. */
function latencyOf({ latencyUs, slots }: Measured, timeoutUs: number): JsonObject | undefined {
	const buckets = replyBuckets(latencyUs, slots.lost, timeoutUs, true);
	if (buckets.length === 0) return undefined;
	const { meanUs, minUs, maxUs, deviationUs } = momentsOf(buckets);
	return {
		avg: Math.round(meanUs * nsPerUs),
		min: minUs * nsPerUs,
		max: maxUs * nsPerUs,
		stddev: Math.round(deviationUs * nsPerUs),
		buckets: buckets.map(bucketNs),
	};
}

/** From and to, both included, and the count. */
function bucketNs({ fromUs, toUs, count }: Bucket): number[] {
	return [fromUs * nsPerUs, (toUs + 1) * nsPerUs - 1, count];
}

function connectionsOf(measured: Measured, { transport }: TargetResult): JsonObject {
	const { queries, datagrams, slots, connections } = measured;
	return {
		type: transport,
		packets_sent: queries.messages,
		packets_received: datagrams.received,
		socket_errors: slots.sendErrors,
		...(connections && {
			handshakes: connections.opened + connections.failed,
			handshakes_failed: connections.failed,
		}),
	};
}
