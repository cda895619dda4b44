import { packNames } from '../simulate/key-names.ts';
import { nextUses } from '../simulate/next-uses.ts';
import type { Requests } from '../simulate/requests.ts';
import type { StudyRun } from './report.ts';
import { type RunOutcome, type RunSpec, type RunSurroundings, sliceRequests } from './run-plan.ts';
import type { StudySetup } from './setup.ts';
import { capacityOf } from './sizes.ts';
import type { Study, Work } from './study.ts';

/** What a run holds for each key, about; only to see how many may go on at once. */
const runBytesPerKey = 128;

/** How many runs may go on at once. */
export function runsThatFit({ source, memoryBytes }: StudySetup): number {
	return Math.max(1, Math.floor(memoryBytes / (runBytesPerKey * Math.max(1, source.keyCount))));
}

/** Every policy at every size, in memory or streamed. */
export function runsOf(study: Study): Work {
	const { setup, reading, note, sizes } = study;
	const specs = specsOf(study);
	const around = surroundingsOf(study);
	const { requests } = reading;
	const perRun = requests === undefined ? reading.batches : Math.ceil(requests.count / sliceRequests);
	return {
		batches: specs.length * perRun,
		run: async () => {
			const outcomes =
				requests === undefined
					? await streamed(study, specs, around)
					: await inMemory(study, specs, around, requests);
			return outcomes.map((outcome, i) => ({
				policy: specs[i].policy,
				size: i % sizes.length,
				...figuresOf(outcome, note.requests, setup.source.keyCount),
			}));
		},
	};
}

export function specsOf({ policies, sizes }: Study): RunSpec[] {
	return policies.flatMap(({ name }) => sizes.map((size) => ({ policy: name, capacity: capacityOf(size) })));
}

function surroundingsOf({ setup, reading, policies, simulation, pool }: Study): RunSurroundings {
	const { source, negativeShare, lastsToTheEnd = false, seed } = setup;
	const { requests } = reading;
	const wantsFuture = policies.some(({ needsFuture }) => needsFuture);
	return {
		simulation,
		names: source.names === undefined ? undefined : packNames(source.names),
		nextUse: requests !== undefined && wantsFuture ? nextUses(requests.keys) : undefined,
		...{ negativeShare, lastsToTheEnd, seed },
		control: pool.control,
	};
}

function inMemory(
	{ pool }: Study,
	specs: readonly RunSpec[],
	around: RunSurroundings,
	requests: Requests,
): Promise<RunOutcome[]> {
	return Promise.all(specs.map((spec) => pool.runInMemory(requests, spec, around)));
}

/** In as many readings of the source as memory asks for. */
async function streamed(
	{ setup, pool }: Study,
	specs: readonly RunSpec[],
	around: RunSurroundings,
): Promise<RunOutcome[]> {
	const { source } = setup;
	const atOnce = runsThatFit(setup);
	const outcomes: RunOutcome[] = [];
	for (let first = 0; first < specs.length; first += atOnce) {
		outcomes.push(...(await pool.runStream(source.batches(), specs.slice(first, first + atOnce), around)));
	}
	return outcomes;
}

/** @param requests that were run, and `keys` that there was a place for */
export function figuresOf(
	{ result, problem, elapsedSec, heldBytes }: RunOutcome,
	requests: number,
	keys: number,
): Pick<StudyRun, 'result' | 'problem' | 'requestsPerSec' | 'memoryPerKeyBytes'> {
	return {
		result,
		problem,
		requestsPerSec: result === undefined ? Number.NaN : requests / elapsedSec,
		memoryPerKeyBytes: heldBytes / keys,
	};
}
