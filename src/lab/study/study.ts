import { PetrelError } from '../../util/errors.ts';
import type { SimulationSettings } from '../simulate/settings.ts';
import { type Choice, choiceOf } from './choices.ts';
import { type FirstReading, readFirst } from './first-reading.ts';
import { StudyPool } from './pool.ts';
import type { SourceNote, StudyReport, StudyRun, StudySize } from './report.ts';
import { runsOf, runsThatFit } from './runs.ts';
import { sampledBytesLeast, sampledRunsOf } from './sampled-runs.ts';
import type { OnProgress, StudySetup } from './setup.ts';
import { liveBytesMin, sizesOf, usualSizes } from './sizes.ts';

/** What the parts of a study have in common, once the source was read. */
export interface Study {
	readonly setup: StudySetup;
	readonly reading: FirstReading;
	readonly note: SourceNote;
	readonly policies: readonly Choice[];
	readonly sizes: readonly StudySize[];
	readonly simulation: SimulationSettings;
	readonly pool: StudyPool;
}

/** How often progress is told. */
const progressMs = 100;

/**
 * Runs every policy at every size over the same requests. What cannot be run says so in its place.
 *
 * @throws PETREL_CONFIG for a policy that there is not, and a source that cannot be read or has nothing
 */
export async function runStudy(setup: StudySetup, onProgress: OnProgress = () => {}): Promise<StudyReport> {
	const { source, clock, signal } = setup;
	const policies = [...new Set(setup.policies)].map(choiceOf);
	const beganMs = clock.nowMs();
	const reading = await readSource(setup, onProgress);
	const note = noteOf(setup, reading);
	const least = setup.sampleShare === undefined ? liveBytesMin : sampledBytesLeast;
	const sizes = sizesOf(setup.sizes ?? usualSizes, note, least);
	const pool = new StudyPool(threadsOf(setup, policies.length * sizes.length));
	const simulation = { ...setup.simulation, requests: note.requests, keys: source.keyCount };
	const study = { setup, reading, note, policies, sizes, simulation, pool };
	const stop = (): void => pool.stop();
	if (signal?.aborted) stop();
	signal?.addEventListener('abort', stop);
	try {
		const work = setup.sampleShare === undefined ? runsOf(study) : await sampledRunsOf(study);
		const timer = setInterval(
			() => onProgress({ phase: 'running', share: Math.min(1, pool.done / work.batches) }),
			progressMs,
		);
		const done = await work.run().finally(() => clearInterval(timer));
		return {
			source: { ...note, notes: [...note.notes, ...(work.notes ?? [])] },
			settings: setup.settings ?? [],
			policies: policies.map(({ name, help, needsFuture, isLive }) => ({ name, help, needsFuture, isLive })),
			sizes,
			runs: done,
			unlimitedHitRatio: reading.unlimitedHitRatio,
			elapsedSec: (clock.nowMs() - beganMs) / 1000,
			threads: pool.threads,
		};
	} finally {
		signal?.removeEventListener('abort', stop);
		await pool.close();
	}
}

/** No more than there are runs, or than these have memory for. */
function threadsOf(setup: StudySetup, runs: number): number {
	const fitting = setup.sampleShare === undefined ? runsThatFit(setup) : setup.threads;
	return Math.max(1, Math.min(setup.threads, runs, fitting));
}

/** The runs of a study, ready to begin. */
export interface Work {
	/** Batches that will be run, all runs together: the whole of `pool.done`. */
	readonly batches: number;
	/** For the reader of the report. */
	readonly notes?: readonly string[] | undefined;
	readonly run: () => Promise<readonly StudyRun[]>;
}

async function readSource(setup: StudySetup, onProgress: OnProgress): Promise<FirstReading> {
	const { source, simulation = {}, lastsToTheEnd = false, stream = false, memoryBytes, signal } = setup;
	if (stream && !source.isRepeatable) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${source.name} cannot be streamed: that is read once to count and again to run, and a pipe gives what it has once; name a file, or leave --stream out`,
		);
	}
	const reading = await readFirst(source, {
		...{ simulation, lastsToTheEnd, stream, memoryBytes, signal },
		onRequests: (requests) => onProgress({ phase: 'reading', requests }),
	});
	if (reading.census.requests > 0) return reading;
	throw new PetrelError('PETREL_CONFIG', `${source.name}: there is no request in it; give another trace`);
}

function noteOf({ source, signal }: StudySetup, { census, requests }: FirstReading): SourceNote {
	const { name, format, isDns, names, notes } = source;
	const counted = census.result(names);
	const streamed =
		'The trace was streamed: read once to count it and again for the runs, and never held in memory.';
	const cut = 'It was ended while the trace was read: what is counted came before that.';
	const failing =
		'Most requests got no answer: were replies recorded? Of captures without them, --no-pair-replies takes each query for answered.';
	return {
		...{ name, format, isDns },
		...counted,
		notes: [
			...notes,
			...(signal?.aborted ? [cut] : []),
			...(requests === undefined ? [streamed] : []),
			...(counted.shares.failure > 1 / 2 ? [failing] : []),
		],
	};
}
