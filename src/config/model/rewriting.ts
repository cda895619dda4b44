/** Settings of the directives that change queries and answers on their way. Part of `ServerBlock` (../model.ts). */

/** A rule of `rewrite`; those without effect are left out. */
export type RewriteRule = {
	/** `continue`: the next rule is looked at as well. */
	readonly goesOn: boolean;
} & (
	| {
			readonly field: 'name';
			readonly match: NameMatch;
			readonly to: string;
			/** Names of the answer are turned back. */
			readonly auto: boolean;
			readonly answers: readonly AnswerRule[];
	  }
	| { readonly field: 'type'; readonly from: number; readonly to: number }
	| { readonly field: 'ttl'; readonly match: NameMatch; readonly minSec: number; readonly maxSec: number }
	| { readonly field: 'rcode'; readonly match: NameMatch; readonly from: number; readonly to: number }
	| { readonly field: 'cname'; readonly match: NameMatch; readonly to: string }
);

/** Names are texts in lower case with their last dot. */
export interface NameMatch {
	readonly how: 'exact' | 'prefix' | 'suffix' | 'substring' | 'regex';
	/** A part of a name, or a regular expression in Go's syntax. */
	readonly from: string;
}

/** Changes the owners of an answer's records, or the names that they point at. */
export interface AnswerRule {
	readonly part: 'name' | 'value';
	/** A regular expression in Go's syntax. */
	readonly from: string;
	readonly to: string;
}

export interface Dns64Options {
	/** 16 octets. */
	readonly prefix: readonly number[];
	/** Of these the ones that come before the IPv4 address (RFC 6052 §2.2). */
	readonly prefixBytes: number;
	/** AAAA records are made even where there are some. */
	readonly translateAll: boolean;
	/** Also for clients that come by IPv4. */
	readonly allowIpv4: boolean;
}

export interface LoadBalanceOptions {
	readonly policy: 'round_robin' | 'weighted';
	/** With `weighted`: what the weight file says. */
	readonly weights: readonly WeightedName[];
	/** Addresses in these stand first, those in the first before those in the next. */
	readonly prefer: readonly AddressRange[];
}

export interface AddressRange {
	/** 4 or 16. */
	readonly octets: readonly number[];
	readonly prefixBits: number;
}

/** The weights of one name's addresses, 1 to 255; 1 for those that are not named. */
export interface WeightedName {
	readonly name: string;
	readonly addresses: readonly WeightedAddress[];
}

export interface WeightedAddress {
	/** 4 or 16. */
	readonly octets: readonly number[];
	readonly weight: number;
}
