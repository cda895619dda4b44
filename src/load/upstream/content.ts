import { optBytes } from '../../wire/edns.ts';
import { headerBytes } from '../../wire/header.ts';
import { rcode, rrType } from '../../wire/iana.ts';
import { labelCount } from '../../wire/name.ts';
import { qnamePointer } from '../../wire/writer.ts';
import type { Behaviour } from './behaviour.ts';
import { type AnswerRecord, noRecords } from './compose.ts';
import { type DataSource, isSingle, makeData, signatureData, soaData } from './data.ts';
import type { SeenQuery } from './query.ts';
import { prefixed, under, withoutLabels } from './zone.ts';

/** The RCODE and the three sections of an answer. */
export interface Content {
	readonly rcode: number;
	readonly answer: readonly AnswerRecord[];
	readonly authority: readonly AnswerRecord[];
	readonly additional: readonly AnswerRecord[];
}

/** What the content of an answer is made from. */
export interface ContentRequest {
	readonly query: SeenQuery;
	readonly behaviour: Readonly<Behaviour>;
	/** The first labels of the query's name, as far as they were understood as behaviours. */
	readonly labels: readonly string[];
	/** The name that is answered, lower case: the query's, but for a wrong question. */
	readonly name: Uint8Array;
	readonly type: number;
	readonly zone: Uint8Array;
	readonly poisoned: boolean;
}

/** Content without any record. */
export function emptyContent(code: number): Content {
	return { rcode: code, answer: noRecords, authority: noRecords, additional: noRecords };
}

const negatives = new Set(['nx', 'nxnosoa', 'nodata', 'nodatanosoa']);

/** Whether a label only says that there is a CNAME: the CNAME's target does without it. */
function makesCname(label: string): boolean {
	return label.startsWith('cname') || label === 'nxcname';
}

/**
 * Where the CNAME points: the same name without the labels that made it, and with those that make the target answer
 * by itself as it does here. "cname.ttl5.x." points to "ttl5.target.x.", "nxcname.x." to "nx.target.x.".
 */
function cnameTarget(request: ContentRequest): Uint8Array {
	const { behaviour, labels } = request;
	const kept = labels.filter((label) => !makesCname(label) && !negatives.has(label));
	if (behaviour.outcome === 'nxdomain') kept.push(behaviour.soa ? 'nx' : 'nxnosoa');
	if (behaviour.outcome === 'nodata') kept.push(behaviour.soa ? 'nodata' : 'nodatanosoa');
	const rest = withoutLabels(request.name, labels.length);
	return prefixed([...kept, 'target'], rest) ?? under('target', request.zone);
}

/** How many octets of text make a TXT record of at most `recordBytes`, a length octet in front of every 255. */
function textBytesFor(recordBytes: number): number {
	return Math.max(1, Math.floor(((recordBytes - 12) * 255) / 256));
}

/** RDATA of all records of the type that is asked for; none where the name has no such data. */
function makeAllData(
	request: ContentRequest,
	owner: Uint8Array | undefined,
	takenBytes: number,
): Uint8Array[] {
	const { behaviour, query, type, zone } = request;
	if (type === rrType.SOA) return [soaData(zone, behaviour.soaMinimumSec)];
	const leftBytes = behaviour.sizeBytes - takenBytes;
	const filling = behaviour.sizeBytes > 0;
	const source: DataSource = {
		query,
		name: owner ?? request.name,
		zone,
		txtBytes: filling ? textBytesFor(leftBytes) : behaviour.txtBytes,
		poisoned: request.poisoned,
	};
	const first = makeData(source, type, 0);
	if (!first) return [];
	const fixedBytes = 10 + (owner ? owner.length : 2);
	const all: Uint8Array[] = [];
	let bytes = 0;
	const most = isSingle(type) || (filling && type === rrType.TXT) ? 1 : filling ? Infinity : behaviour.count;
	for (let index = 0; index < most; index++) {
		const rdata = index === 0 ? first : makeData(source, type, index)!;
		bytes += fixedBytes + rdata.length;
		if (filling && index > 0 && bytes > leftBytes) break;
		all.push(rdata);
	}
	return all;
}

/** Content as the behaviour wants it. */
export function makeContent(request: ContentRequest): Content {
	const { behaviour, query, type, zone } = request;
	if (behaviour.outcome === 'error') return emptyContent(behaviour.rcode);
	const answer: AnswerRecord[] = [];
	let target: Uint8Array | undefined;
	let takenBytes = headerBytes + query.qname.length + 4 + (query.edns ? optBytes : 0);
	if (behaviour.cname) {
		target = cnameTarget(request);
		const ttlSec = behaviour.cnameTtlSec ?? behaviour.ttlSec;
		answer.push({ owner: qnamePointer, type: rrType.CNAME, ttlSec, rdata: target });
		takenBytes += 12 + target.length;
	}
	// RFC 1034 §3.6.2: a query for the CNAME itself does not follow it.
	const asksCname = type === rrType.CNAME && behaviour.cname;
	if (behaviour.outcome === 'data') {
		// RFC 8482 §4.2: ANY is answered by one HINFO.
		const answerType = type === rrType.ANY ? rrType.HINFO : type;
		for (const rdata of makeAllData(request, target, takenBytes)) {
			answer.push({ owner: target ?? qnamePointer, type: answerType, ttlSec: behaviour.ttlSec, rdata });
		}
	}
	const answered = asksCname || answer.length > (behaviour.cname ? 1 : 0);
	const authority: AnswerRecord[] = [];
	if (!answered && behaviour.soa) {
		const rdata = soaData(zone, behaviour.soaMinimumSec);
		authority.push({ owner: zone, type: rrType.SOA, ttlSec: behaviour.soaTtlSec, rdata });
	}
	if (behaviour.signed && query.edns?.dnssecOk) {
		sign(answer, request);
		sign(authority, request);
	}
	const code = behaviour.outcome === 'nxdomain' && !answered ? rcode.NXDOMAIN : rcode.NOERROR;
	return { rcode: code, answer, authority, additional: noRecords };
}

/** Adds an RRSIG for each RRset (RFC 4035 §3.1.1). */
function sign(records: AnswerRecord[], request: ContentRequest): void {
	const unsigned = records.length;
	for (let i = 0; i < unsigned; i++) {
		const { owner, type, ttlSec } = records[i];
		if (i > 0 && records[i - 1].type === type) continue;
		const labels = labelCount(owner === qnamePointer ? request.name : owner, 0);
		records.push({
			owner,
			type: rrType.RRSIG,
			ttlSec,
			rdata: signatureData(type, labels, ttlSec, request.zone),
		});
	}
}
