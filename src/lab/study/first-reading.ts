import { Fifo } from '../policies/fifo.ts';
import { openPolicy } from '../simulate/open-policy.ts';
import { RequestBuilder, type Requests, requestsMax } from '../simulate/requests.ts';
import { type SimulationSettings, staleMsOf } from '../simulate/settings.ts';
import { Simulation } from '../simulate/simulation.ts';
import { Census } from './census.ts';
import type { StudySource } from './source.ts';
import { untilAborted } from './until-aborted.ts';

/** What a request takes in memory while a trace is gathered, at most: its columns, and those that they are copied from. */
const gatheringBytes = 50;
/** More than any trace has. */
const endless = 2 ** 50;

export interface FirstReading {
	readonly census: Census;
	/** How many batches it came in. */
	readonly batches: number;
	/** Undefined: they are too many to be kept, or were not to be. */
	readonly requests: Requests | undefined;
	/** What an unlimited cache hits. */
	readonly unlimitedHitRatio: number;
}

export interface FirstReadingOptions {
	readonly simulation: SimulationSettings;
	readonly lastsToTheEnd: boolean;
	/** Whether requests are not to be kept, however few they are. */
	readonly stream: boolean;
	/** What may be used for them. */
	readonly memoryBytes: number;
	readonly onRequests: (requests: number) => void;
	readonly signal: AbortSignal | undefined;
}

/** Reads all of a source: counts what it has, and keeps it where it fits. */
export async function readFirst(source: StudySource, options: FirstReadingOptions): Promise<FirstReading> {
	const { simulation, stream, memoryBytes, signal } = options;
	const census = new Census(simulation.bounds);
	const unlimited = openUnlimited(options);
	// What can be read once has to fit, or its builder says that it does not.
	const max = source.isRepeatable ? Math.min(requestsMax, memoryBytes / gatheringBytes) : endless;
	let builder = stream ? undefined : new RequestBuilder(requestsMax);
	let batches = 0;
	for await (const batch of untilAborted(source.batches(), signal)) {
		batches++;
		census.add(batch);
		unlimited.run(batch);
		if (builder !== undefined && builder.count + batch.count > max) builder = undefined;
		builder?.append(batch);
		options.onRequests(census.requests);
	}
	return {
		census,
		batches,
		requests: builder?.take(),
		unlimitedHitRatio: unlimited.result().hitRatio.byRequests,
	};
}

function openUnlimited({ simulation, lastsToTheEnd }: FirstReadingOptions): Simulation {
	const cache = openPolicy({
		make: (options) => new Fifo(options),
		capacity: { unit: 'entries', entries: endless },
		seed: 0,
		staleMs: staleMsOf(simulation),
		lastsToTheEnd,
	});
	return new Simulation(cache, { ...simulation, requests: endless });
}
