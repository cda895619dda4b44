import { messageOf, PetrelError } from '../util/errors.ts';
import { rrType } from '../wire/iana.ts';
import { nameToWire } from '../wire/presentation.ts';

/**
 * What a stub resolver makes of a name that a program looks up: the queries of glibc's `getaddrinfo(AF_UNSPEC)` under
 * `search` and `options ndots` of resolv.conf (2.26 and later; a test compares with the real one). Each candidate is asked
 * for A and AAAA at once, and the first that has either ends it; NXDOMAIN and NODATA alike go on to the next.
 *
 *   ends in a dot             as it is, and nothing else
 *   has `ndots` dots or more  as it is, then with each domain of the list behind it
 *   has fewer                 with each domain of the list behind it, then as it is
 *
 * A domain that stands twice in the list is asked twice. A candidate that is too long, or whose domain is no name, ends the
 * list; as it is, the name is asked all the same. The root in the list, ".", is the name as it is at that place, and not
 * once more at the end. What glibc does upon SERVFAIL, and when nobody answers, is not here.
 */
export interface SearchList {
	/** In order, with or without their last dots. */
	readonly domains: readonly string[];
	readonly ndots: number;
}

/** glibc takes more for as many (RES_MAXNDOTS). */
const maxNdots = 15;

/** The types that are asked of each candidate, in this order. */
export const lookupTypes: readonly number[] = [rrType.A, rrType.AAAA];

/** What the kubelet gives a pod. */
export function kubernetesSearchList(namespace = 'default', clusterDomain = 'cluster.local'): SearchList {
	const cluster = clusterDomain.replace(/\.$/, '');
	return { domains: [`${namespace}.svc.${cluster}`, `svc.${cluster}`, cluster], ndots: 5 };
}

/** Throws `PETREL_CONFIG` for a list that no resolv.conf should have. */
export function checkSearchList({ domains, ndots }: SearchList): void {
	if (!Number.isInteger(ndots) || ndots < 0) {
		throw new PetrelError('PETREL_CONFIG', `ndots is ${ndots}; write a whole number from 0 to ${maxNdots}`);
	}
	for (const domain of domains) {
		try {
			nameToWire(domain);
		} catch (error) {
			throw new PetrelError('PETREL_CONFIG', `search list: ${messageOf(error)}`, { cause: error });
		}
	}
}

/** The wire name, or undefined where a resolver would not ask. */
function candidateOf(name: string, domain: string): Uint8Array | undefined {
	try {
		return nameToWire(domain === '' ? name : `${name}.${domain}`);
	} catch {
		return undefined;
	}
}

/**
 * The names that are asked for, in wire form and in order.
 *
 * @param name as a program gives it: a last dot makes it absolute
 * @param exists whether a candidate has an address
 */
export function expandSearch(
	name: string,
	{ domains, ndots }: SearchList,
	exists: (candidate: Uint8Array) => boolean,
): Uint8Array[] {
	const asked: Uint8Array[] = [];
	const ends = (candidate: Uint8Array): boolean => {
		asked.push(candidate);
		return exists(candidate);
	};
	const asItIs = candidateOf(name, '');
	const absolute = name.endsWith('.');
	const dots = name.split('.').length - 1;
	const first = absolute || dots >= Math.min(ndots, maxNdots);
	if (first && ((asItIs !== undefined && ends(asItIs)) || absolute)) return asked;
	let triedAsItIs = first;
	for (const domain of domains) {
		const bare = domain.replace(/^\.|\.$/, '');
		if (bare === '') triedAsItIs = true;
		const candidate = candidateOf(name, bare);
		if (candidate === undefined) break;
		if (ends(candidate)) return asked;
	}
	if (!triedAsItIs && asItIs !== undefined) ends(asItIs);
	return asked;
}
