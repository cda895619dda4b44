/** Load results made up from lists of latencies, so that a test knows every figure in them. */
import { emptyHistogram } from '../../../../src/load/measure/histograms.ts';
import { addedUp } from '../../../../src/load/report/measured.ts';
import type {
	Interval,
	LoadResult,
	LoadSetting,
	Measured,
	Round,
	TargetResult,
} from '../../../../src/load/result.ts';

export const timeoutSec = 2;
const timeoutUs = timeoutSec * 1e6;

export interface FakeCounts {
	/** Latencies of answers in time, from when they were due, in microseconds. */
	readonly answersUs?: readonly number[];
	readonly lateUs?: readonly number[];
	readonly lost?: number;
	readonly sendErrors?: number;
	readonly notOffered?: number;
	readonly duplicates?: number;
	readonly mismatched?: number;
	readonly unknown?: number;
	readonly truncated?: number;
	/** The same for every query; latencies are at least as long. */
	readonly lagUs?: number;
	/** By number; the rest of the replies is NOERROR. */
	readonly rcodes?: Readonly<Record<number, number>>;
	readonly tcp?: boolean;
}

export function fakeMeasured(counts: FakeCounts = {}): Measured {
	const { answersUs = [], lateUs = [], lost = 0, sendErrors = 0, notOffered = 0, lagUs = 10 } = counts;
	const { duplicates = 0, mismatched = 0, unknown = 0, truncated = 0, rcodes = {}, tcp = false } = counts;
	const measured = addedUp([]);
	for (const us of [...answersUs, ...lateUs]) {
		measured.latencyUs.recordValue(us);
		measured.sinceSentUs.recordValue(Math.max(1, us - lagUs));
	}
	if (lost > 0) {
		measured.latencyUs.recordValueWithCount(timeoutUs, lost);
		measured.sinceSentUs.recordValueWithCount(timeoutUs, lost);
	}
	const answered = answersUs.length;
	const late = lateUs.length;
	const replies = answered + late;
	const sent = replies + lost;
	if (sent > 0) measured.lagUs.recordValueWithCount(lagUs, sent);
	const odd = Object.entries(rcodes).map(([code, count]) => [Number(code), count] as const);
	const good = replies - odd.reduce((sum, [, count]) => sum + count, 0);
	measured.rcodes = new Map([...(good > 0 ? [[0, good] as const] : []), ...odd]);
	measured.slots = { due: sent + sendErrors + notOffered, answered, late, lost, sendErrors, notOffered };
	const received = replies + duplicates + mismatched + unknown;
	measured.datagrams = { received, answers: answered, late, duplicates, mismatched, unknown };
	measured.truncated = truncated;
	measured.queries = sizes(sent, 40);
	measured.replies = sizes(replies, 60);
	if (tcp) {
		const handshakeUs = emptyHistogram();
		handshakeUs.recordValueWithCount(300, 4);
		measured.connections = { opened: 4, failed: 1, handshakeUs };
	}
	return measured;
}

function sizes(messages: number, bytesEach: number): Measured['queries'] {
	if (messages === 0) return { messages: 0, bytes: 0, minBytes: 0, maxBytes: 0 };
	return { messages, bytes: messages * bytesEach, minBytes: bytesEach - 8, maxBytes: bytesEach + 20 };
}

export const startedWallMs = Date.UTC(2026, 10, 20, 12, 0, 0);

/** A round of one-second intervals, the first `warmupCount` of them warm-up. */
export function fakeRound(
	seconds: readonly FakeCounts[],
	more: Partial<Round> & { warmupCount?: number } = {},
): Round {
	const { warmupCount = 0, ...fields } = more;
	const intervals: Interval[] = seconds.map((counts, second) => ({
		fromSec: second,
		toSec: second + 1,
		warmup: second < warmupCount,
		measured: fakeMeasured(counts),
	}));
	const counted = intervals.filter(({ warmup }) => !warmup);
	return {
		number: 1,
		startedWallMs,
		seconds: counted.length,
		offeredQps: undefined,
		measured: addedUp(counted.map(({ measured }) => measured)),
		intervals,
		cpuSec: 0.25,
		ownDrops: 0,
		void: [],
		interrupted: false,
		errorCodes: new Map(),
		...fields,
	};
}

export function fakeTarget(target: string, rounds: Round[], transport: 'udp' | 'tcp' = 'udp'): TargetResult {
	return { target, transport, rounds };
}

export function fakeSetting(more: Partial<LoadSetting> = {}): LoadSetting {
	return {
		mode: 'rate',
		arguments: ['load', '127.0.0.1:5300', '--rate', '1k'],
		rateText: '1,000/s',
		workloadText: 'zipf 1.1 over 100,000 names',
		seed: 42,
		workers: 1,
		sockets: 8,
		durationSec: 10,
		warmupSec: 1,
		timeoutSec,
		transportText: 'native',
		petrelVersion: '0.1.0',
		nodeVersion: '26.0.0',
		platformText: 'linux x64 6.12',
		cpuText: 'Some CPU, 2 cores',
		startedWallMs,
		predictedHitRatio: undefined,
		...more,
	};
}

export function fakeResult(targets: TargetResult[], more: Partial<LoadResult> = {}): LoadResult {
	return { setting: fakeSetting(), targets, searches: [], interrupted: false, ...more };
}

/** `count` latencies from 1 step on, a step apart. */
export function steps(count: number, stepUs: number): number[] {
	return Array.from({ length: count }, (_, place) => (place + 1) * stepUs);
}
