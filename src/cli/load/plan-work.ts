/** From `petrel load`'s flags to what is asked. */
import { basename } from 'node:path';
import type { LoadSearch } from '../../load/conductor.ts';
import type { Pace } from '../../load/generate/pace.ts';
import type { LoadSetting } from '../../load/result.ts';
import { PetrelError } from '../../util/errors.ts';
import { rrType } from '../../wire/iana.ts';
import { nameToWire } from '../../wire/presentation.ts';
import type { DrawOptions, PlanOptions, SearchListOptions } from '../../workload/plan-options.ts';
import { planTrace } from '../../workload/plan-trace.ts';
import { planWorkload } from '../../workload/plan-workload.ts';
import { predictHitRatio } from '../../workload/predict-hit-ratio.ts';
import { openTrace } from '../../workload/read/open-trace.ts';
import { kubernetesSearchList } from '../../workload/search-list.ts';
import { primedQueries, type Workload } from '../../workload/workload.ts';
import type { LoadCommandOptions } from './command-options.ts';
import { ReadNotes } from './read-notes.ts';

export interface Planned {
	readonly workload: Workload;
	readonly pace: Pace | LoadSearch;
	readonly warmupMs: number;
	readonly words: Pick<LoadSetting, 'rateText' | 'workloadText' | 'predictedHitRatio'>;
}

const defaultNames = 1000;
const defaultRateQps = 1000;
const defaultDoPayloadBytes = 1232;
/** For names to become known to be known: answers that are on their way when the last is asked. */
const primeMarginMs = 500;

function refuse(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

/** Throws `PETREL_CONFIG` for flags that do not go together and files that cannot be read. */
export async function planWork(
	options: LoadCommandOptions,
	wanted: Pace | LoadSearch,
	say: (line: string) => void,
): Promise<Planned> {
	const workload = await workloadOf(options, wanted, new ReadNotes(say));
	const pace: Pace | LoadSearch =
		'kind' in wanted && wanted.kind === 'timed' && !workload.timed
			? { kind: 'rate', qps: defaultRateQps, arrivals: options.arrivals }
			: wanted;
	const warmupMs = Math.max(options.warmup, primeMs(workload, pace));
	return {
		workload,
		pace,
		warmupMs,
		words: {
			rateText: rateTextOf(pace, options),
			workloadText: workload.text,
			predictedHitRatio: predictionOf(workload, pace, warmupMs, options),
		},
	};
}

async function workloadOf(
	options: LoadCommandOptions,
	pace: Pace | LoadSearch,
	notes: ReadNotes,
): Promise<Workload> {
	const { queries, trace, names, zone } = options;
	const sources = { '--queries': queries, '--trace': trace, '--names': names };
	const named = Object.entries(sources).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
	if (named.length > 1) refuse(`${named.join(' and ')} both say what to ask: leave one of them out`);
	const plan = planOptionsOf(options);
	const path = queries ?? trace;
	if (path === undefined) return planWorkload({ ...plan, names: names ?? defaultNames, zone });
	const opened = openTrace(path, {
		format: queries === undefined ? options.traceFormat : 'dnsperf',
		onBad: (message) => notes.bad(message),
		// A resolver asks for its types whatever the list says: a list of names will do.
		untypedAs: options.searchList === undefined ? undefined : rrType.A,
	});
	const timed = queries === undefined && 'kind' in pace && pace.kind === 'timed';
	const source = path === '-' ? 'standard input' : basename(path);
	const workload = await planTrace(opened, { ...plan, source, ...(timed ? {} : { timed: false }) });
	notes.end(source, opened);
	return workload;
}

function planOptionsOf(options: LoadCommandOptions): PlanOptions {
	const { edns, type, randomPrefix } = options;
	const payload = edns ?? (options.do ? defaultDoPayloadBytes : undefined);
	const draw = drawOf(options);
	const searchList = searchListOf(options);
	return {
		...(draw && { draw }),
		...(type && { types: type }),
		...(randomPrefix && { prefix: true }),
		...(options.recurse ? {} : { recursionDesired: false }),
		...(payload !== undefined && { edns: { udpPayloadBytes: payload, dnssecOk: options.do } }),
		...(searchList && { searchList }),
	};
}

function drawOf(options: LoadCommandOptions): DrawOptions | undefined {
	const { zipf, hitRatio, once, queries, trace } = options;
	if (zipf !== undefined && hitRatio !== undefined) {
		refuse('--zipf and --hit-ratio both say which names are asked: leave one of them out');
	}
	if (once && (zipf !== undefined || hitRatio !== undefined)) {
		refuse('--once asks each query once in its order: leave --zipf and --hit-ratio out');
	}
	if (zipf !== undefined) return { kind: 'zipf', exponent: zipf };
	if (hitRatio !== undefined) return { kind: 'hit-ratio', hitRatio };
	if (once) return { kind: 'in-order', repeat: false };
	return queries === undefined && trace === undefined ? { kind: 'uniform' } : undefined;
}

/** `--search-list` alone is what a pod in the namespace "default" has. */
function searchListOf({ searchList, ndots, searchFound }: LoadCommandOptions): SearchListOptions | undefined {
	if (searchList === undefined) return undefined;
	const domains =
		searchList === true
			? kubernetesSearchList().domains
			: searchList.split(/[\s,]+/).filter((domain) => domain !== '');
	for (const name of searchFound) nameToWire(name.replace(/^\*\./, ''));
	return { domains, ndots, found: searchFound };
}

/** How long it takes until the names of a hit ratio are known. */
function primeMs(workload: Workload, pace: Pace | LoadSearch): number {
	const primed = primedQueries(workload, { worker: 0, workers: 1 });
	if (primed === 0) return 0;
	if (!('kind' in pace) || pace.kind !== 'rate') {
		refuse('--hit-ratio needs --rate: the names are asked once at that rate before they count as known');
	}
	return (primed / pace.qps) * 1000 + primeMarginMs;
}

function predictionOf(
	workload: Workload,
	pace: Pace | LoadSearch,
	warmupMs: number,
	{ duration, cacheTtl = Number.POSITIVE_INFINITY }: LoadCommandOptions,
): number | undefined {
	if (!('kind' in pace) || pace.kind !== 'rate') return undefined;
	const durationSec = duration / 1000;
	return predictHitRatio(workload, {
		queries: pace.qps * durationSec,
		ratePerSec: pace.qps,
		durationSec,
		ttlSec: cacheTtl / 1000,
		warmupSec: warmupMs / 1000,
	});
}

function rateTextOf(pace: Pace | LoadSearch, { trace }: LoadCommandOptions): string {
	if (!('kind' in pace)) return `the highest rate with ${pace.objective}`;
	const number = (value: number): string => value.toLocaleString('en');
	switch (pace.kind) {
		case 'rate':
			return `${number(pace.qps)}/s${pace.arrivals === 'poisson' ? ', random gaps' : ''}`;
		case 'ramp':
			return `${number(pace.fromQps)}/s to ${number(pace.toQps)}/s`;
		case 'closed':
			return `${number(pace.window)} under way (closed loop)`;
		case 'timed':
			return `as ${trace ?? 'the trace'} has it${pace.speed === 1 ? '' : `, ${pace.speed} times as fast`}`;
	}
}
