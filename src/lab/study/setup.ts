import type { Clock } from '../../util/clock.ts';
import type { SimulationSettings } from '../simulate/settings.ts';
import type { SizeWish } from './sizes.ts';
import type { StudySource } from './source.ts';

/** What is studied. */
export interface StudySetup {
	readonly source: StudySource;
	/** Names of `choices`. */
	readonly policies: readonly string[];
	/** By default `usualSizes`. */
	readonly sizes?: readonly SizeWish[] | undefined;
	/** What a server does around its cache. */
	readonly simulation?: Pick<SimulationSettings, 'bounds' | 'serveStale' | 'prefetch' | 'warmupRequests'>;
	/** Of the capacity, what denials have by themselves; the live cache shares out its room in its own way. */
	readonly negativeShare?: number | undefined;
	/** Whether an answer can still be used in the moment when its time is over, as libCacheSim has it. */
	readonly lastsToTheEnd?: boolean | undefined;
	readonly seed: number;
	readonly threads: number;
	/** Read the source again for the runs in place of keeping it. Without it that is done for what does not fit. */
	readonly stream?: boolean | undefined;
	/** Of the keys, the share that is looked at: (0, 1]. By default all. */
	readonly sampleShare?: number | undefined;
	/** What may be used for requests and for runs that go on at the same time. */
	readonly memoryBytes: number;
	/** For the report. */
	readonly settings?: readonly (readonly [name: string, value: string])[] | undefined;
	readonly clock: Clock;
	/** Ends the study with what there is. */
	readonly signal?: AbortSignal | undefined;
}

export type StudyProgress =
	| { readonly phase: 'reading'; readonly requests: number }
	/** Of all the work, [0, 1]. */
	| { readonly phase: 'running'; readonly share: number };

export type OnProgress = (progress: StudyProgress) => void;
