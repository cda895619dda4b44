import { rrType } from '../../wire/iana.ts';

/** TYPE, CLASS, TTL, RDLENGTH, and an owner that is a pointer. */
export const recordHeadBytes = 12;
/** An SOA whose owner and names are compressed into some twenty octets, and its five numbers. */
const denialBytes = recordHeadBytes + 20 + 20;
/** What a name in RDATA takes when its end is compressed. */
const targetBytes = 18;

/** RDATA of one record, where its size does not depend on much. */
const rdataBytes = new Map<number, number>([
	[rrType.A, 4],
	[rrType.AAAA, 16],
	[rrType.NS, targetBytes],
	[rrType.PTR, 24],
	[rrType.MX, 2 + targetBytes],
	[rrType.SRV, 6 + 24],
	[rrType.TXT, 70],
	[rrType.SOA, 40],
	[rrType.CAA, 22],
	[rrType.HTTPS, 50],
	[rrType.SVCB, 50],
	[rrType.DS, 36],
	[rrType.DNSKEY, 264],
	[rrType.NAPTR, 40],
	[rrType.TLSA, 35],
	[rrType.SSHFP, 34],
]);
const otherRdataBytes = 40;

/** Octets of a record of a type, its owner a pointer. */
export function usualRecordBytes(qtype: number): number {
	return recordHeadBytes + (rdataBytes.get(qtype) ?? otherRdataBytes);
}

/**
 * Octets that an answer's records may have, for traces that do not say: one to four records of the usual size for the type, for
 * a fourth of the names behind a CNAME.
 *
 * @param hash 32 bits that depend on the key alone, so that all answers to it agree
 */
export function estimateBodyBytes(qtype: number, isDenial: boolean, hash: number): number {
	if (isDenial) return denialBytes;
	const recordBytes = usualRecordBytes(qtype);
	const isAddress = qtype === rrType.A || qtype === rrType.AAAA;
	const records = [1, 1, 2, isAddress ? 4 : 2][hash & 3];
	const alias = isAddress && ((hash >>> 2) & 3) === 0 ? recordHeadBytes + targetBytes : 0;
	return alias + records * recordBytes;
}

/** What stands around the records of a message: the header, and QTYPE and QCLASS behind the name. */
const aroundBytes = 12 + 4;
const optBytes = 11;

/** Octets of the records in a message of `replyBytes`. */
export function bodyBytesOf(replyBytes: number, nameBytes: number, hasOpt: boolean): number {
	return Math.max(0, replyBytes - aroundBytes - nameBytes - (hasOpt ? optBytes : 0));
}
