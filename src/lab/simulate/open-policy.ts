import { PetrelError } from '../../util/errors.ts';
import { SplitNegative } from '../policies/split-negative.ts';
import type { Policy, PolicyMaker } from '../policy.ts';
import { entryCharge } from './charge.ts';
import type { KeyNames } from './key-names.ts';
import { type ComingAnswer, PolicyCache } from './policy-cache.ts';

export interface PolicyRun {
	readonly make: PolicyMaker;
	readonly capacity: Capacity;
	/** Of a DNS trace. Left out: sizes are those of the trace, and entries are charged nothing beside. */
	readonly names?: KeyNames | undefined;
	readonly seed: number;
	/** For policies that know the future: `nextUses` of all requests. */
	readonly nextUse?: Int32Array | undefined;
	/** How many keys there will be, where that is known. */
	readonly keys?: number | undefined;
	/** Of the capacity, the part that denials have by themselves. Left out: they share it. For no policy that knows the future. */
	readonly negativeShare?: number | undefined;
	readonly staleMs?: number | undefined;
	readonly lastsToTheEnd?: boolean | undefined;
}

export type Capacity =
	| { readonly unit: 'entries'; readonly entries: number }
	/** Of memory, the policy's own included. */
	| { readonly unit: 'bytes'; readonly bytes: number };

/**
 * A cache of a policy with so much room.
 *
 * @throws PETREL_CONFIG if the policy's own memory leaves none
 */
export function openPolicy(run: PolicyRun): PolicyCache {
	const { capacity, names, keys } = run;
	const coming: ComingAnswer = { isDenial: false };
	const whole = capacity.unit === 'entries' ? capacity.entries : capacity.bytes;
	const first = makePolicy(run, whole, coming);
	const { metadata } = first;
	const inBytes = capacity.unit === 'bytes';
	const isCharged = inBytes && names !== undefined && metadata.fixedBytes > 0;
	const left = isCharged ? Math.floor(whole - metadata.fixedBytes) : whole;
	if (left < 1) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`a cache of ${whole} octets has no room for the ${Math.ceil(metadata.fixedBytes)} that the policy itself needs; make it larger`,
		);
	}
	return new PolicyCache(isCharged ? makePolicy(run, left, coming) : first, {
		inBytes,
		entryBytes: names === undefined ? (_key, bytes) => bytes : entryCharge(names, metadata),
		staleMs: run.staleMs,
		lastsToTheEnd: run.lastsToTheEnd,
		keys,
		...(run.negativeShare !== undefined && { coming }),
	});
}

function makePolicy(run: PolicyRun, capacity: number, coming: ComingAnswer): Policy {
	const { make, seed, nextUse, keys, negativeShare } = run;
	const options = { seed, ...(nextUse !== undefined && { nextUse }), ...(keys !== undefined && { keys }) };
	if (negativeShare === undefined) return make({ ...options, capacity });
	const forDenials = Math.floor(capacity * negativeShare);
	return new SplitNegative(
		make({ ...options, capacity: capacity - forDenials }),
		make({ ...options, capacity: forDenials }),
		() => coming.isDenial,
	);
}
