import { PetrelError } from '../../util/errors.ts';
import { combineSamples } from '../sampling/combine.ts';
import { planSamples, type SamplePlan, sampledBytesMin, scaled, smallestRate } from '../sampling/plan.ts';
import { SampleSplit, type SplitCounts, type TraceSample } from '../sampling/split.ts';
import { packNames } from '../simulate/key-names.ts';
import { nextUses } from '../simulate/next-uses.ts';
import type { Capacity } from '../simulate/open-policy.ts';
import type { Requests } from '../simulate/requests.ts';
import type { StudyRun } from './report.ts';
import { type RunOutcome, type RunSpec, type RunSurroundings, sliceRequests } from './run-plan.ts';
import { figuresOf, specsOf } from './runs.ts';
import { liveBytesMin } from './sizes.ts';
import type { Study, Work } from './study.ts';

/** Disjoint samples: their spread says how far off all may be. */
const samplesWanted = 8;
/** Sizes below it are too small for a sample of each. */
export const sampledBytesLeast = samplesWanted * sampledBytesMin;

interface SampleTrace {
	readonly requests: Requests;
	readonly keys: number;
	readonly around: RunSurroundings;
}

/** Every policy at every size over samples of the keys, each sample a trace of its own. */
export async function sampledRunsOf(study: Study): Promise<Work> {
	const specs = specsOf(study);
	const plan = planOf(study, specs);
	const split = await splitOf(study, plan);
	const traces = split.samples.map((sample, i) => traceOf(study, sample, split.counts.samples[i].keys));
	const slices = traces.reduce((sum, { requests }) => sum + Math.ceil(requests.count / sliceRequests), 0);
	const runnable = specs.filter(({ capacity }) => isLargeEnough(capacity));
	return {
		batches: runnable.length * slices,
		notes: notesOf(study, plan),
		run: () =>
			Promise.all(
				specs.map(async (spec, i) => {
					const place = { policy: spec.policy, size: i % study.sizes.length };
					return isLargeEnough(spec.capacity)
						? { ...place, ...(await runSampled(study, spec, plan, traces, split.counts)) }
						: { ...place, ...tooSmall };
				}),
			),
	};
}

function notesOf({ setup }: Study, { rate, samples }: SamplePlan): string[] {
	const share = rate * samples;
	const text = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
	const { sampleShare = 1 } = setup;
	const more =
		share > sampleShare * 1.001 ? `, more than ${text(sampleShare)} for the sake of the smallest cache` : '';
	return [
		`Hit ratios are estimated from ${text(share)} of the keys, in ${samples} samples${more}; ± holds 19 times in 20.`,
	];
}

const tooSmall: Omit<StudyRun, 'policy' | 'size'> = {
	result: undefined,
	problem: `too small for ${samplesWanted} samples to mean something: study it over the whole trace`,
	requestsPerSec: Number.NaN,
	memoryPerKeyBytes: Number.NaN,
};

function isLargeEnough(capacity: Capacity): boolean {
	return smallestRate(capacity) * samplesWanted <= 1;
}

function planOf({ setup }: Study, specs: readonly RunSpec[]): SamplePlan {
	const capacities = specs.map(({ capacity }) => capacity).filter(isLargeEnough);
	if (capacities.length === 0) {
		throw new PetrelError(
			'PETREL_CONFIG',
			'every size is too small for a sample to mean something: leave --sample out, or study larger caches',
		);
	}
	const { sampleShare = 1, seed } = setup;
	return planSamples({
		share: sampleShare,
		samples: samplesWanted,
		seed,
		capacities,
		unitBytes: liveBytesMin,
	});
}

async function splitOf({ setup, reading }: Study, plan: SamplePlan): Promise<SampleSplit> {
	const { source, simulation = {} } = setup;
	const { names, keyHash } = source;
	const { warmupRequests } = simulation;
	const split = new SampleSplit(plan, keyHash, { names, warmupRequests });
	if (reading.requests !== undefined) split.add(reading.requests);
	else for await (const batch of source.batches()) split.add(batch);
	return split;
}

function traceOf(
	{ setup, policies, simulation, pool }: Study,
	sample: TraceSample,
	keys: number,
): SampleTrace {
	const requests = sample.take();
	const { negativeShare, lastsToTheEnd = false, seed } = setup;
	const wantsFuture = policies.some(({ needsFuture }) => needsFuture);
	const around: RunSurroundings = {
		simulation: { ...simulation, requests: requests.count, keys, warmupRequests: sample.warmupRequests },
		names: sample.names === undefined ? undefined : packNames(sample.names),
		nextUse: wantsFuture ? nextUses(requests.keys) : undefined,
		...{ negativeShare, lastsToTheEnd, seed },
		control: pool.control,
	};
	return { requests, keys, around };
}

async function runSampled(
	{ pool, policies }: Study,
	{ policy, capacity }: RunSpec,
	plan: SamplePlan,
	traces: readonly SampleTrace[],
	counts: SplitCounts,
): Promise<Omit<StudyRun, 'policy' | 'size'>> {
	const { isLive = false } = policies.find(({ name }) => name === policy) ?? {};
	const spec = { policy, capacity: scaled(plan, capacity, isLive ? liveBytesMin : 1) };
	const outcomes = await Promise.all(
		traces.map(({ requests, around }) => pool.runInMemory(requests, spec, around)),
	);
	const whole = sumOf(outcomes);
	const requests = traces.reduce((sum, trace) => sum + trace.requests.count, 0);
	const keys = traces.reduce((sum, trace) => sum + trace.keys, 0);
	const results = outcomes.flatMap(({ result }) => (result === undefined ? [] : [result]));
	const figures = figuresOf({ ...whole, result: results[0] }, requests, keys);
	if (results.length < outcomes.length) return { ...figures, result: undefined, requestsPerSec: Number.NaN };
	return { ...figures, ...combineSamples(counts, results) };
}

function sumOf(outcomes: readonly RunOutcome[]): RunOutcome {
	return {
		result: undefined,
		problem: outcomes.find(({ problem }) => problem !== undefined)?.problem,
		elapsedSec: outcomes.reduce((sum, { elapsedSec }) => sum + elapsedSec, 0),
		heldBytes: outcomes.reduce((sum, { heldBytes }) => sum + heldBytes, 0),
	};
}
