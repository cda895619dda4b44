import { writeUint16, writeUint32 } from '../../wire/header.ts';
import { rrType } from '../../wire/iana.ts';
import type { SeenQuery } from './query.ts';
import { nameHash, under } from './zone.ts';

/**
 * RDATA that the upstream makes up. It depends on the name and the type alone, so that every query for a name gets
 * the same; the addresses are from the blocks for documentation and benchmarks (RFC 5737, RFC 3849, RFC 2544).
 */
export interface DataSource {
	readonly query: SeenQuery;
	/** The name that the data belongs to, lower case. */
	readonly name: Uint8Array;
	readonly zone: Uint8Array;
	/** Octets of text in a TXT record; 0: it describes the query. */
	readonly txtBytes: number;
	/** Data that no right answer ever holds: 203.0.113.0/24, 2001:db8:bad::/48, and text that says so. */
	readonly poisoned: boolean;
}

type DataMaker = (source: DataSource, index: number) => Uint8Array;
type ZoneDataMaker = (zone: Uint8Array, index: number) => Uint8Array;

const documentationAddresses = 508;
/** The first 32 bits of 2001:db8::/32. */
export const addressPrefix6 = 0x20010db8;

/** As 32 bits: 192.0.2.1-254, then 198.51.100.1-254, from a place that the name decides; beyond 508 records 198.18.0.0/15. */
export function addressOf(hash: number, index: number): number {
	if (index >= documentationAddresses) return 0xc6120000 | (index & 0xffff);
	const place = (hash + index) % documentationAddresses;
	const host = 1 + (place % 254);
	return place < 254 ? 0xc0000200 | host : 0xc6336400 | host;
}

function address4(source: DataSource, index: number): Uint8Array {
	if (source.poisoned) return Uint8Array.of(203, 0, 113, 1 + (index % 254));
	const address = new Uint8Array(4);
	writeUint32(address, 0, addressOf(nameHash(source.name), index));
	return address;
}

/** 2001:db8::/48, its last 64 bits from the name and the index. */
function address6(source: DataSource, index: number): Uint8Array {
	const address = new Uint8Array(16);
	writeUint32(address, 0, addressPrefix6);
	if (source.poisoned) writeUint16(address, 4, 0x0bad);
	writeUint32(address, 8, nameHash(source.name));
	writeUint32(address, 12, index + 1);
	return address;
}

const maxStringBytes = 255;

/** Text as the character-strings of a TXT record (RFC 1035 §3.3.14). */
function textStrings(text: string): Uint8Array {
	const octets = Buffer.from(text);
	const strings: Uint8Array[] = [];
	for (let from = 0; from === 0 || from < octets.length; from += maxStringBytes) {
		const part = octets.subarray(from, from + maxStringBytes);
		strings.push(Uint8Array.of(part.length), part);
	}
	return Uint8Array.from(Buffer.concat(strings));
}

function describeQuery(query: SeenQuery, index: number): string {
	const edns = query.edns;
	const words = [
		`${query.name} ${query.typeName} over ${query.transport}`,
		`rd=${query.rd ? 1 : 0} ad=${query.ad ? 1 : 0} cd=${query.cd ? 1 : 0}`,
		edns ? `edns=${edns.version} size=${edns.udpPayloadBytes} do=${edns.dnssecOk ? 1 : 0}` : 'no edns',
	];
	if (index > 0) words.push(`record ${index + 1}`);
	return words.join(', ');
}

function text(source: DataSource, index: number): Uint8Array {
	if (source.poisoned) return textStrings('not the answer');
	if (source.txtBytes > 0)
		return textStrings('petrel '.repeat(source.txtBytes / 7 + 1).slice(0, source.txtBytes));
	return textStrings(describeQuery(source.query, index));
}

function strings(...parts: string[]): Uint8Array {
	return Uint8Array.from(Buffer.concat(parts.map(textStrings)));
}

/** 16-bit numbers, then octets. */
function numbersAnd(numbers: readonly number[], rest: Uint8Array): Uint8Array {
	const octets = new Uint8Array(2 * numbers.length + rest.length);
	for (const [i, number] of numbers.entries()) writeUint16(octets, 2 * i, number);
	octets.set(rest, 2 * numbers.length);
	return octets;
}

/** Flags 0, tag "issue", and the name of an authority (RFC 8659 §4.1). */
function caa(_zone: Uint8Array, index: number): Uint8Array {
	return Uint8Array.from([0, 5, ...Buffer.from(`issueca${index + 1}.example`)]);
}

/** The name itself with ALPN h2 (RFC 9460 §2.2, §7.1): target root, one SvcParam of key 1. */
function service(_zone: Uint8Array, index: number): Uint8Array {
	return numbersAnd([index + 1], Uint8Array.of(0, 0, 1, 0, 3, 2, 0x68, 0x32));
}

/** Data that the name decides, or the query. */
const makers = new Map<number, DataMaker>([
	[rrType.A, address4],
	[rrType.AAAA, address6],
	[rrType.TXT, text],
	[rrType.PTR, ({ name, zone }, index) => under(`host${nameHash(name).toString(16)}-${index + 1}`, zone)],
]);

/** Data that is the same for all names of a zone. */
const zoneMakers = new Map<number, ZoneDataMaker>([
	[rrType.MX, (zone, index) => numbersAnd([10 * (index + 1)], under(`mail${index + 1}`, zone))],
	[rrType.NS, (zone, index) => under(`ns${index + 1}`, zone)],
	[rrType.SRV, (zone, index) => numbersAnd([index, 10, 443], under(`host${index + 1}`, zone))],
	[rrType.CAA, caa],
	[rrType.HTTPS, service],
	[rrType.SVCB, service],
	[rrType.HINFO, () => strings('PETREL', 'UPSTREAM')],
	[rrType.ANY, () => strings('RFC8482', '')],
]);

/** RDATA of the record number `index` of this type; undefined where there is none: NODATA. */
export function makeData(source: DataSource, type: number, index: number): Uint8Array | undefined {
	return makers.get(type)?.(source, index) ?? makeZoneData(source.zone, type, index);
}

/** The same of types whose data depends on the zone alone; undefined for all others. */
export function makeZoneData(zone: Uint8Array, type: number, index: number): Uint8Array | undefined {
	return zoneMakers.get(type)?.(zone, index);
}

/** Whether there is data of this type that `makeZoneData` does not make. */
export function isMadeByName(type: number): boolean {
	return makers.has(type);
}

/** Types of which a name has one record at most, however many are asked for. */
export function isSingle(type: number): boolean {
	return type === rrType.HINFO || type === rrType.ANY;
}

/** The zone's SOA (RFC 1035 §3.3.13). */
export function soaData(zone: Uint8Array, minimumSec: number): Uint8Array {
	const primary = under('ns1', zone);
	const mailbox = under('hostmaster', zone);
	const octets = new Uint8Array(primary.length + mailbox.length + 20);
	octets.set(primary);
	octets.set(mailbox, primary.length);
	[1, 7200, 900, 1_209_600, minimumSec].forEach((value, i) => {
		writeUint32(octets, primary.length + mailbox.length + 4 * i, value);
	});
	return octets;
}

const signatureBytes = 64;

/** An RRSIG that looks right and verifies nothing (RFC 4034 §3.1): algorithm 13, valid until 2038, signed by the zone. */
export function signatureData(
	typeCovered: number,
	labels: number,
	ttlSec: number,
	zone: Uint8Array,
): Uint8Array {
	const octets = new Uint8Array(18 + zone.length + signatureBytes);
	writeUint16(octets, 0, typeCovered);
	octets[2] = 13;
	octets[3] = labels;
	writeUint32(octets, 4, ttlSec);
	writeUint32(octets, 8, 0x7fff_ffff);
	writeUint32(octets, 12, 0x6000_0000);
	writeUint16(octets, 16, 4711);
	octets.set(zone, 18);
	octets.fill(0x53, 18 + zone.length);
	return octets;
}
