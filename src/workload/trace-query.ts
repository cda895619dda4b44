/**
 * One query of a recorded trace or of a file of queries, as the readers deliver them and plans and simulations take
 * them. Octets belong to whoever gets them. What a format does not say is undefined.
 */
export interface TraceQuery {
	/** When it was asked, in milliseconds of the format's own time: since 1970 or since a start. NaN: not recorded. */
	readonly atMs: number;
	/** Who asked: an address, or whatever the format has for it. */
	readonly client: string | undefined;
	/** The name as it was asked, its case kept: an uncompressed wire name with its root label, at most 255 octets. */
	readonly qname: Uint8Array;
	readonly qtype: number;
	readonly qclass: number;
	/** The requestor's payload size and DO; undefined: no OPT, or none recorded. */
	readonly edns: TraceEdns | undefined;
	/** RD. True where the format does not say. */
	readonly recursionDesired: boolean;
	/** Of the reply: its RCODE, 0 to 4095. This and the rest undefined: no reply, or none recorded. */
	readonly rcode: number | undefined;
	/** The smallest TTL in the answer, in seconds. */
	readonly answerTtlSec: number | undefined;
	/** Of a reply that says that there is no such name or no such data: how long it may be kept. Left out: not recorded. */
	readonly denialTtlSec?: number;
	/** Octets of the reply's DNS message. */
	readonly replyBytes: number | undefined;
	/** From query to reply, in microseconds. */
	readonly rttUs: number | undefined;
	/** Where it stands, for messages: the number of its line, or of its packet or record, from 1. */
	readonly line: number;
	/** It was written with its last dot: a resolver asks for it as it is, whatever its search list. Left out: it was not. */
	readonly absolute?: boolean;
}

export interface TraceEdns {
	/** [0, 65,535] */
	readonly udpPayloadBytes: number;
	readonly dnssecOk: boolean;
}
