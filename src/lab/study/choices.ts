import { defaultEvictionPolicy, evictionPolicies } from '../../cache/policy/index.ts';
import type { EvictionPolicy } from '../../cache/policy/policy.ts';
import { PetrelError } from '../../util/errors.ts';
import { allPolicies } from '../policies/index.ts';
import type { PolicyMaker } from '../policy.ts';
import type { StudyPolicy } from './report.ts';

/** What can be studied: a policy, or the live cache with one of its own. */
export interface Choice extends StudyPolicy {
	/** The paper or program that it is from. */
	readonly source: string;
	/** Undefined: it is the live cache. */
	readonly make?: PolicyMaker | undefined;
	readonly eviction?: EvictionPolicy | undefined;
}

const liveSource = 'petrel, the modules that serve';

/** In the order of lists. */
export const choices: readonly Choice[] = [
	{
		name: 'petrel',
		help: `the cache that serves, as it is by default: ${defaultEvictionPolicy.name}`,
		source: liveSource,
		needsFuture: false,
		isLive: true,
		eviction: defaultEvictionPolicy.policy,
	},
	...evictionPolicies.map(({ name, help, policy }) => ({
		name: `petrel-${name}`,
		help: `the cache that serves with ${help}`,
		source: liveSource,
		needsFuture: false,
		isLive: true,
		eviction: policy,
	})),
	...allPolicies.map(({ name, help, source, make, needsFuture = false }) => ({
		...{ name, help, source, make, needsFuture },
		isLive: false,
	})),
];

/** What is studied unless something else is asked for: the live cache, what is good, what servers do, and the bound. */
export const usualChoices: readonly string[] = [
	'petrel',
	'lru',
	'sieve',
	's3-fifo',
	'arc-bytes',
	'w-tiny-lfu',
	'as-coredns',
	'as-dnsdist',
	'as-dnsmasq',
	'as-unbound',
	'min',
];

/** @throws PETREL_CONFIG for a name that there is not */
export function choiceOf(name: string): Choice {
	const choice = choices.find((choice) => choice.name === name);
	if (choice !== undefined) return choice;
	const near = nearest(name);
	const hint = near === undefined ? '' : `did you mean ${near}? `;
	throw new PetrelError(
		'PETREL_CONFIG',
		`there is no policy ${JSON.stringify(name)}; ${hint}there are ${choices.map(({ name }) => name).join(', ')}`,
	);
}

/** The name that is fewest changes away, if those are few. */
function nearest(name: string): string | undefined {
	const wanted = name.toLowerCase();
	const ranked = choices
		.map((choice) => ({ name: choice.name, distance: editDistance(wanted, choice.name) }))
		.sort((a, b) => a.distance - b.distance);
	const [{ distance, name: near }] = ranked;
	return distance < name.length && distance <= Math.max(2, name.length / 3) ? near : undefined;
}

function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1));
		}
		row = next;
	}
	return row[b.length];
}
