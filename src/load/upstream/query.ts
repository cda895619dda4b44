import { parseQueryRecords } from '../../wire/edns.ts';
import { at, flag, headerBytes, opcodeOf, readUint16 } from '../../wire/header.ts';
import { opcode, rcode, rrType, typeName } from '../../wire/iana.ts';
import { skipName } from '../../wire/name.ts';
import { nameToText } from '../../wire/presentation.ts';
import { parsed, parseQuestion, QueryView } from '../../wire/question.ts';

export type Transport = 'udp' | 'tcp';

/** Where a query came from, as far as the script cares. */
export interface QueryOrigin {
	/** The sender's port; 0 when there is none. */
	readonly port: number;
	/** Over TCP: which query of its connection this is, from 1. */
	readonly queryOfConnection: number;
	/** The longest datagram that can be sent back; left out: as long as UDP allows. */
	readonly datagramBytesMax?: number;
}

export const originUnknown: QueryOrigin = { port: 0, queryOfConnection: 1 };

export interface QueryEdns {
	/** The requestor's payload size as sent, in octets. */
	readonly udpPayloadBytes: number;
	readonly version: number;
	readonly dnssecOk: boolean;
	/** Option codes in the order of the message. */
	readonly options: readonly number[];
}

/** A query that the upstream got. */
export interface SeenQuery {
	readonly atMs: number;
	readonly transport: Transport;
	readonly port: number;
	readonly queryOfConnection: number;
	/** The longest datagram that can be sent back. */
	readonly datagramBytesMax: number;
	readonly id: number;
	/** The header's second 16 bits. */
	readonly flags: number;
	readonly rd: boolean;
	readonly ad: boolean;
	readonly cd: boolean;
	/** QNAME in lower case, in presentation format with its last dot. */
	readonly name: string;
	readonly type: number;
	/** "A", or "TYPE65280". */
	readonly typeName: string;
	readonly class: number;
	readonly edns: QueryEdns | undefined;
	/** QNAME as it was sent, in wire form. */
	readonly qname: Uint8Array;
	/** QNAME in lower case, in wire form. */
	readonly lowerQname: Uint8Array;
	/** The whole message, a copy. */
	readonly octets: Uint8Array;
}

export type Reading =
	/** Not a query at all: shorter than a header, or a response. It gets no answer. */
	| { readonly kind: 'ignore' }
	/** A query that cannot be answered but with this RCODE. */
	| { readonly kind: 'refuse'; readonly rcode: number; readonly id: number; readonly flags: number }
	| { readonly kind: 'query'; readonly query: SeenQuery };

const view = new QueryView();
const ignored: Reading = { kind: 'ignore' };

function refuse(code: number): Reading {
	return { kind: 'refuse', rcode: code, id: view.id, flags: view.flags };
}

/** The OPT among the records from `position` on, in a message whose records are known to parse. */
function readEdns(octets: Uint8Array, position: number, records: number): QueryEdns | undefined {
	for (let i = 0; i < records; i++) {
		const behindOwner = skipName(octets, 0, position, octets.length);
		const rdata = behindOwner + 10;
		position = rdata + readUint16(octets, behindOwner + 8);
		if (readUint16(octets, behindOwner) !== rrType.OPT) continue;
		const options: number[] = [];
		for (let option = rdata; option + 4 <= position; option += 4 + readUint16(octets, option + 2)) {
			options.push(readUint16(octets, option));
		}
		return {
			udpPayloadBytes: readUint16(octets, behindOwner + 2),
			version: octets[behindOwner + 5],
			dnssecOk: (octets[behindOwner + 6] & 0x80) !== 0,
			options,
		};
	}
	return undefined;
}

/**
 * Reads a query. Whatever the octets are, it does not throw.
 *
 * @param message not kept: a query that is returned has a copy
 */
export function readQuery(
	message: Uint8Array,
	transport: Transport,
	atMs: number,
	origin: QueryOrigin,
): Reading {
	const outcome = parseQuestion(view, message, 0, message.length);
	if (outcome === parsed.drop) return ignored;
	if (opcodeOf(view.flags) !== opcode.QUERY) return refuse(rcode.NOTIMP);
	if (outcome !== parsed.ok || parseQueryRecords(view, message) !== parsed.ok) return refuse(rcode.FORMERR);
	const octets = new Uint8Array(message);
	const records =
		readUint16(octets, at.ancount) + readUint16(octets, at.nscount) + readUint16(octets, at.arcount);
	const lowerQname = view.qname.slice(0, view.qnameBytes);
	return {
		kind: 'query',
		query: {
			atMs,
			transport,
			port: origin.port,
			queryOfConnection: origin.queryOfConnection,
			datagramBytesMax: origin.datagramBytesMax ?? Number.POSITIVE_INFINITY,
			id: view.id,
			flags: view.flags,
			rd: (view.flags & flag.rd) !== 0,
			ad: (view.flags & flag.ad) !== 0,
			cd: (view.flags & flag.cd) !== 0,
			name: nameToText(lowerQname),
			type: view.qtype,
			typeName: typeName(view.qtype),
			class: view.qclass,
			edns: view.hasOpt ? readEdns(octets, headerBytes + view.questionBytes, records) : undefined,
			qname: octets.subarray(headerBytes, headerBytes + view.qnameBytes),
			lowerQname,
			octets,
		},
	};
}
