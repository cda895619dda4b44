import { PetrelError } from '../util/errors.ts';
import type { QuerySetLimits } from './query-set.ts';
import { checkSearchList, type SearchList } from './search-list.ts';
import type { TraceEdns } from './trace-query.ts';

export type DrawOptions =
	/** `repeat`: over and over. By default what has its own times is asked once, everything else over and over. */
	| { readonly kind: 'in-order'; readonly repeat?: boolean }
	| { readonly kind: 'uniform' }
	/** The first name of the input is the one asked for most. */
	| { readonly kind: 'zipf'; readonly exponent: number }
	| { readonly kind: 'hit-ratio'; readonly hitRatio: number };

/** A search list, and which names have an address under it. */
export interface SearchListOptions extends SearchList {
	/** Absolute names, and "*.zone" for all names below a zone. */
	readonly found: readonly string[];
}

/** What holds for queries from wherever. */
export interface PlanOptions {
	/** Default: in order. */
	readonly draw?: DrawOptions;
	/** The types of each name, asked in turn. Default: A for generated names, what was recorded for others. */
	readonly types?: readonly number[];
	/** A label of its own in front of each name: nobody has them in a cache. */
	readonly prefix?: boolean;
	/** RD. Default: set for generated names, as recorded for others. */
	readonly recursionDesired?: boolean;
	/** An OPT in every query. Default: none for generated names, as recorded for others. */
	readonly edns?: TraceEdns;
	/** Each name is looked up as a resolver of a pod does. Each of its queries is an A or AAAA query. */
	readonly searchList?: SearchListOptions;
	readonly limits?: QuerySetLimits;
}

/** Exponents above it ask for one name only. */
const maxExponent = 20;

function refuse(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

/** Throws `PETREL_CONFIG` for values out of range and for options that exclude each other. */
export function checkPlanOptions({ draw, types, prefix, edns, searchList }: PlanOptions): void {
	if (draw?.kind === 'zipf' && !(draw.exponent >= 0 && draw.exponent <= maxExponent)) {
		refuse(
			`the exponent of Zipf's law is ${draw.exponent}; write a number from 0 to ${maxExponent}, such as 1.1`,
		);
	}
	if (draw?.kind === 'hit-ratio' && !(draw.hitRatio >= 0 && draw.hitRatio <= 1)) {
		refuse(`the hit ratio is ${draw.hitRatio}; write a number from 0 to 1, such as 0.9`);
	}
	if (types?.length === 0) refuse('no types: leave them out, or write one such as A');
	for (const type of types ?? []) {
		if (!Number.isInteger(type) || type < 0 || type > 0xffff) refuse(`type ${type} is not in 0 to 65535`);
	}
	const payload = edns?.udpPayloadBytes ?? 512;
	if (!Number.isInteger(payload) || payload < 0 || payload > 0xffff) {
		refuse(`the EDNS payload size is ${payload}; write 0 to 65535 octets, such as 1232`);
	}
	if (prefix && draw?.kind === 'hit-ratio') {
		refuse(
			'a random prefix makes every query a miss, so no hit ratio can be aimed at: leave one of them out',
		);
	}
	if (searchList === undefined) return;
	checkSearchList(searchList);
	if (types !== undefined) refuse('a search list asks for A and AAAA: leave the types out');
	if (prefix) refuse('a search list and a random prefix do not go together: leave one of them out');
	if (draw?.kind === 'hit-ratio') {
		refuse('a search list and a hit ratio do not go together: leave one of them out');
	}
}
