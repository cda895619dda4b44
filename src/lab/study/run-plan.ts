/** What the main thread and the workers of a study say to each other: plain data. */
import type { MessagePort } from 'node:worker_threads';
import type { PackedNames } from '../simulate/key-names.ts';
import type { Capacity } from '../simulate/open-policy.ts';
import type { Requests } from '../simulate/requests.ts';
import type { SimulationResult } from '../simulate/result.ts';
import type { SimulationSettings } from '../simulate/settings.ts';

/** A policy at a size. */
export interface RunSpec {
	readonly policy: string;
	readonly capacity: Capacity;
}

/** What all runs over a trace have in common. */
export interface RunSurroundings {
	/** Requests and keys of the trace are in it. */
	readonly simulation: SimulationSettings;
	/** Of a DNS trace. */
	readonly names: PackedNames | undefined;
	/** Of requests in memory, where a policy wants it. */
	readonly nextUse: Int32Array | undefined;
	readonly negativeShare: number | undefined;
	readonly lastsToTheEnd: boolean;
	readonly seed: number;
	/** Words that all threads share: see `controlWord`. */
	readonly control: Int32Array;
}

export const controlWord = {
	/** Other than 0: end with what there is. */
	stop: 0,
	/** Batches that were run, of all runs together. */
	done: 1,
} as const;

/** Requests between two looks at the control words. */
export const sliceRequests = 65_536;

export interface MemoryTask {
	readonly kind: 'memory';
	readonly surroundings: RunSurroundings;
	readonly run: RunSpec;
	readonly requests: Requests;
}

/** Runs that are given the same requests, batch by batch. */
export interface StreamTask {
	readonly kind: 'stream';
	readonly surroundings: RunSurroundings;
	readonly runs: readonly RunSpec[];
	/** `StreamMessage`s come in; for each batch that was run a message goes out. */
	readonly port: MessagePort;
}

export type StreamMessage = { readonly batch: Requests } | { readonly end: true };

export type StudyTask = MemoryTask | StreamTask;

export interface RunOutcome {
	/** Undefined: it could not be run, or not to its end. */
	readonly result: SimulationResult | undefined;
	readonly problem?: string | undefined;
	readonly elapsedSec: number;
	/** What the simulation held when it was over. */
	readonly heldBytes: number;
}
