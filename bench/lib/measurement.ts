/** What one round of one server gave, and how a scenario's rounds are kept. */
import type { SourceReport } from './source.ts';

/** Units last; what a scenario does not measure is absent. */
export interface Measurement {
	/** Processor time of the server for each answer. */
	readonly processorUs?: number;
	/** That, as a multiple of the floor's in the same round. */
	readonly floorMultiple?: number;
	readonly rateQps?: number;
	/** The server had its core for less than 95 % of the time: the rate is the source's, not the server's. */
	readonly rateVoid?: boolean;
	/** Open loop: the source fell behind, the latencies are its own. */
	readonly latencyVoid?: boolean;
	readonly p50Us?: number;
	readonly p99Us?: number;
	readonly p999Us?: number;
	/** Of the queries sent: no reply in time; a reply that was no answer. */
	readonly lostShare?: number;
	readonly failedShare?: number;
	/** Of the answers: without a query to the upstream. */
	readonly hitShare?: number;
	readonly bytesPerName?: number;
	/** Of the names asked for the first time: still there the second time. */
	readonly keptShare?: number;
	/** Datagrams that the server received at once, if it says. */
	readonly batch?: number;
	/** Source ports that the upstream saw. */
	readonly ports?: number;
}

/** By group (a load, a number of workers; '' if there is one), then by server: a measurement a round. */
export type Groups = Record<string, Record<string, Measurement[]>>;

/** Below this share of its core, a server waited for the source. */
const busyShareMin = 0.95;

/** A measurement with all that every scenario measures. @param process which of the source's `--pid`s is the server */
export function measurementFrom(report: SourceReport, process = 0) {
	const { answered, sent, seconds, lost, latencyUs, rcodes } = report;
	const processorSec = report.processorSec[process];
	const replies = rcodes.reduce((sum, count) => sum + count, 0);
	if (answered === 0) throw new Error(`no answer to ${sent} queries: ${JSON.stringify(report)}`);
	return {
		processorUs: (processorSec * 1e6) / answered,
		rateQps: answered / seconds,
		rateVoid: processorSec < busyShareMin * seconds,
		p50Us: latencyUs.p50,
		p99Us: latencyUs.p99,
		p999Us: latencyUs.p999,
		lostShare: lost / sent,
		failedShare: (replies - answered) / Math.max(1, replies),
	} satisfies Measurement;
}

/** Numbers as they are kept: five digits that mean something. */
export function rounded(measurement: Measurement): Measurement {
	const entries = Object.entries(measurement).map(([key, value]) => [
		key,
		typeof value === 'number' ? Number(value.toPrecision(5)) : value,
	]);
	return Object.fromEntries(entries);
}

/** Adds to each server's rounds how they stand to those of the floor. Rounds belong together by their index. */
export function addFloorMultiples(servers: Record<string, Measurement[]>, floor: string): void {
	const floors = servers[floor] ?? [];
	for (const name of Object.keys(servers)) {
		servers[name] = servers[name].map((measurement, round) => {
			const of = floors[round]?.processorUs;
			if (of === undefined || measurement.processorUs === undefined) return measurement;
			return { ...measurement, floorMultiple: measurement.processorUs / of };
		});
	}
}
