import type { Delay } from './delay.ts';

/** What the answer section holds: data, a name that does not exist, a name without the type, or an error's nothing. */
export type Outcome = 'data' | 'nxdomain' | 'nodata' | 'error';

/** What becomes of the finished answer on its way. */
export type Fault =
	| 'none'
	| 'silent'
	| 'wrong-id-first'
	| 'wrong-id'
	| 'wrong-question'
	| 'wrong-type'
	| 'wrong-class'
	| 'garbage'
	| 'short-first';

/** How the first record of the answer is broken. */
export type Damage = 'none' | 'pointer-loop' | 'rdlength' | 'empty-owner';

/** How one query is answered: the sum of the labels that apply to it. */
export interface Behaviour {
	outcome: Outcome;
	rcode: number;
	/** Whether a negative answer has a SOA. */
	soa: boolean;
	soaTtlSec: number;
	soaMinimumSec: number;
	ttlSec: number;
	/** Records of the type that was asked for. */
	count: number;
	/** Records are added while the message stays within so many octets; 0: `count` decides. */
	sizeBytes: number;
	/** Octets of text in a TXT record; 0: it describes the query. */
	txtBytes: number;
	cname: boolean;
	/** undefined: `ttlSec`. */
	cnameTtlSec: number | undefined;
	aa: boolean;
	ra: boolean;
	ad: boolean;
	/** TC=1 and no records over UDP. */
	truncated: boolean;
	/** RRSIGs for clients that set DO. */
	signed: boolean;
	/** SERVFAIL unless the query has CD=1, as a validating resolver answers for bad data. */
	bogus: boolean;
	/** FORMERR without OPT for a query with OPT. */
	noEdns: boolean;
	/** More queries in one second of the clock get REFUSED; 0: no limit. All with the same limit count together. */
	limitPerSec: number;
	delay: Delay | undefined;
	/** By chance; may have a fraction. */
	lossPercent: number;
	/** One in so many queries is lost, by counting; 0: none. All with the same number count together. */
	loseEvery: number;
	fault: Fault;
	damage: Damage;
	twice: boolean;
	/** The TCP connection is closed after so many queries; 0: never. */
	closeAfterQueries: number;
}

export const plainBehaviour: Readonly<Behaviour> = {
	outcome: 'data',
	rcode: 0,
	soa: true,
	soaTtlSec: 60,
	soaMinimumSec: 60,
	ttlSec: 60,
	count: 1,
	sizeBytes: 0,
	txtBytes: 0,
	cname: false,
	cnameTtlSec: undefined,
	aa: true,
	ra: true,
	ad: false,
	truncated: false,
	signed: false,
	bogus: false,
	noEdns: false,
	limitPerSec: 0,
	delay: undefined,
	lossPercent: 0,
	loseEvery: 0,
	fault: 'none',
	damage: 'none',
	twice: false,
	closeAfterQueries: 0,
};
