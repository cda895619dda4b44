import { rcodeName, typeName } from './iana.ts';

/**
 * Names and numbers as CoreDNS's log has them, for people parse it. Its DNS library escapes other characters than
 * master files need, knows some types more, and calls RCODE 16 by its meaning in TSIG.
 */

const special = new Set(Buffer.from('. \'@;()"\\'));

function characterOf(octet: number): string {
	const lower = octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
	if (special.has(lower)) return `\\${String.fromCharCode(lower)}`;
	if (lower < 0x20 || lower > 0x7e) return `\\${String(lower).padStart(3, '0')}`;
	return String.fromCharCode(lower);
}

const characters: readonly string[] = Array.from({ length: 256 }, (_, octet) => characterOf(octet));

/** The uncompressed name at `octets[start]` in lower case. The octets are known to be a name. */
export function corednsName(octets: Uint8Array, start: number): string {
	let text = '';
	let position = start;
	for (let labelBytes = octets[position++]; labelBytes > 0; labelBytes = octets[position++]) {
		for (const end = position + labelBytes; position < end; position++) text += characters[octets[position]];
		text += '.';
	}
	return text === '' ? '.' : text;
}

const moreTypes: ReadonlyMap<number, string> = new Map(
	Object.entries({
		None: 0,
		X25: 19,
		ISDN: 20,
		'NSAP-PTR': 23,
		GPOS: 27,
		EID: 31,
		NIMLOC: 32,
		ATMA: 34,
		APL: 42,
		IPSECKEY: 45,
		DHCID: 49,
		HIP: 55,
		NINFO: 56,
		RKEY: 57,
		TALINK: 58,
		UINFO: 100,
		UID: 101,
		GID: 102,
		UNSPEC: 103,
		NID: 104,
		L32: 105,
		L64: 106,
		LP: 107,
		EUI48: 108,
		EUI64: 109,
		NXNAME: 128,
		AVC: 258,
		AMTRELAY: 260,
		RESINFO: 261,
		TA: 32_768,
		DLV: 32_769,
		Reserved: 65_535,
	}).map(([name, number]) => [number, name]),
);

export function corednsType(type: number): string {
	return moreTypes.get(type) ?? typeName(type);
}

const classes: ReadonlyMap<number, string> = new Map([
	[1, 'IN'],
	[2, 'CS'],
	[3, 'CH'],
	[4, 'HS'],
	[254, 'NONE'],
	[255, 'ANY'],
]);

export function corednsClass(number: number): string {
	return classes.get(number) ?? `CLASS${number}`;
}

const tsigRcodes = ['BADSIG', 'BADKEY', 'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE'];

/** @param code all twelve bits */
export function corednsRcode(code: number): string {
	if (code >= 16 && code < 16 + tsigRcodes.length) return tsigRcodes[code - 16];
	return code <= 11 ? rcodeName(code) : String(code);
}
