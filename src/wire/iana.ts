/** Numbers and names that IANA keeps for the DNS ("Domain Name System (DNS) Parameters"). */

export const rrType = {
	A: 1,
	NS: 2,
	MD: 3,
	MF: 4,
	CNAME: 5,
	SOA: 6,
	MB: 7,
	MG: 8,
	MR: 9,
	NULL: 10,
	PTR: 12,
	HINFO: 13,
	MINFO: 14,
	MX: 15,
	TXT: 16,
	RP: 17,
	AFSDB: 18,
	RT: 21,
	SIG: 24,
	KEY: 25,
	PX: 26,
	AAAA: 28,
	LOC: 29,
	NXT: 30,
	SRV: 33,
	NAPTR: 35,
	KX: 36,
	CERT: 37,
	DNAME: 39,
	OPT: 41,
	DS: 43,
	SSHFP: 44,
	RRSIG: 46,
	NSEC: 47,
	DNSKEY: 48,
	NSEC3: 50,
	NSEC3PARAM: 51,
	TLSA: 52,
	SMIMEA: 53,
	CDS: 59,
	CDNSKEY: 60,
	OPENPGPKEY: 61,
	CSYNC: 62,
	ZONEMD: 63,
	SVCB: 64,
	HTTPS: 65,
	SPF: 99,
	TKEY: 249,
	TSIG: 250,
	IXFR: 251,
	AXFR: 252,
	MAILB: 253,
	MAILA: 254,
	ANY: 255,
	URI: 256,
	CAA: 257,
} as const;

export const rcode = {
	NOERROR: 0,
	FORMERR: 1,
	SERVFAIL: 2,
	NXDOMAIN: 3,
	NOTIMP: 4,
	REFUSED: 5,
	YXDOMAIN: 6,
	YXRRSET: 7,
	NXRRSET: 8,
	NOTAUTH: 9,
	NOTZONE: 10,
	DSOTYPENI: 11,
	BADVERS: 16,
	BADCOOKIE: 23,
} as const;

export const opcode = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const;

export const rrClass = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

/** EDNS option codes. */
export const ednsOption = { NSID: 3, ECS: 8, COOKIE: 10, KEEPALIVE: 11, PADDING: 12, EDE: 15 } as const;

/** Extended DNS Error INFO-CODEs (RFC 8914 §4). */
export const ede = {
	other: 0,
	staleAnswer: 3,
	notReady: 14,
	cachedError: 13,
	blocked: 15,
	filtered: 17,
	prohibited: 18,
	staleNxdomain: 19,
	notAuthoritative: 20,
	notSupported: 21,
	noReachableAuthority: 22,
	networkError: 23,
	invalidData: 24,
} as const;

function inverse(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
	return new Map(Object.entries(table).map(([name, number]) => [number, name]));
}

const typeNames = inverse(rrType);
const rcodeNames = inverse(rcode);
const opcodeNames = inverse(opcode);

/** "A", or "TYPE65280" for a number without a name here (RFC 3597 §5). */
export function typeName(type: number): string {
	return typeNames.get(type) ?? `TYPE${type}`;
}

/** The number of a type's mnemonic or TYPEnnn form, in any case; undefined if it is neither. */
export function typeNumber(text: string): number | undefined {
	const upper = text.toUpperCase();
	if (Object.hasOwn(rrType, upper)) return rrType[upper as keyof typeof rrType];
	const generic = /^TYPE(\d{1,5})$/.exec(upper);
	const number = generic ? Number(generic[1]) : Number.NaN;
	return number <= 0xffff ? number : undefined;
}

export function rcodeName(code: number): string {
	return rcodeNames.get(code) ?? `RCODE${code}`;
}

/** The number of an RCODE's mnemonic, in any case; undefined if there is none. */
export function rcodeNumber(text: string): number | undefined {
	const upper = text.toUpperCase();
	return Object.hasOwn(rcode, upper) ? rcode[upper as keyof typeof rcode] : undefined;
}

export function opcodeName(number: number): string {
	return opcodeNames.get(number) ?? `OPCODE${number}`;
}
