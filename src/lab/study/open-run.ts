import { PetrelError } from '../../util/errors.ts';
import { LiveCache } from '../live-cache/live-cache.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import type { LabCache } from '../simulate/lab-cache.ts';
import { openPolicy } from '../simulate/open-policy.ts';
import { staleMsOf } from '../simulate/settings.ts';
import { type Choice, choiceOf } from './choices.ts';
import type { RunSpec, RunSurroundings } from './run-plan.ts';
import { liveBytesMin } from './sizes.ts';

/** @throws PETREL_CONFIG with the reason why a policy cannot be run at a size */
export function openRun(spec: RunSpec, around: RunSurroundings, names: KeyNames | undefined): LabCache {
	const choice = choiceOf(spec.policy);
	return choice.make === undefined
		? openLive(choice, spec, around, names)
		: openPolicyRun(choice, spec, around, names);
}

function refuse(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

function openLive(
	choice: Choice,
	{ capacity }: RunSpec,
	around: RunSurroundings,
	names: KeyNames | undefined,
): LabCache {
	if (names === undefined) refuse('the live cache holds DNS answers, and the trace has none');
	if (capacity.unit === 'entries') {
		refuse('the live cache has no number of entries, only octets: give a size such as 1MiB or 10%');
	}
	if (capacity.bytes < liveBytesMin) {
		refuse(`the live cache needs ${liveBytesMin} octets, a bucket, at least`);
	}
	return new LiveCache({
		bytes: capacity.bytes,
		names,
		seed: around.seed,
		staleMs: staleMsOf(around.simulation),
		policy: choice.eviction,
	});
}

function openPolicyRun(
	{ make, needsFuture }: Choice,
	{ capacity }: RunSpec,
	around: RunSurroundings,
	names: KeyNames | undefined,
): LabCache {
	const { nextUse, negativeShare, simulation, seed, lastsToTheEnd } = around;
	if (needsFuture && nextUse === undefined) {
		refuse('it knows the future, and of a trace that is streamed nobody does: it needs the trace in memory');
	}
	if (needsFuture && negativeShare !== undefined) {
		refuse('it knows the future of one cache, not of two: leave --negative-share out');
	}
	return openPolicy({
		make: make!,
		capacity,
		names,
		seed,
		nextUse: needsFuture ? nextUse : undefined,
		keys: simulation.keys,
		negativeShare,
		staleMs: staleMsOf(simulation),
		lastsToTheEnd,
	});
}
