import dnsPacket from 'dns-packet';
import { typeName, typeNumber } from '../../../src/wire/iana.ts';

/**
 * Records between presentation format and dns-packet, the independent encoder and decoder of scenarios. Types without
 * a form of their own here are written `\# LENGTH HEX` (RFC 3597 §5).
 */
export interface PacketRecord {
	name: string;
	type: string;
	class?: string;
	ttl?: number;
	data?: unknown;
}

type Words = readonly string[];

interface RdataForm {
	readonly read: (words: Words) => unknown;
	readonly write: (data: never) => string;
}

const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

const plain: RdataForm = { read: (words) => words[0], write: (data: string) => data };
const name: RdataForm = { read: (words) => words[0], write: (data: string) => absolute(data) };

interface Mx {
	preference: number;
	exchange: string;
}

interface Soa {
	mname: string;
	rname: string;
	serial: number;
	refresh: number;
	retry: number;
	expire: number;
	minimum: number;
}

interface Srv {
	priority: number;
	weight: number;
	port: number;
	target: string;
}

const soaNumbers = ['serial', 'refresh', 'retry', 'expire', 'minimum'] as const;

const forms: Readonly<Record<string, RdataForm>> = {
	A: plain,
	AAAA: plain,
	CNAME: name,
	NS: name,
	PTR: name,
	DNAME: name,
	MX: {
		read: ([preference, exchange]) => ({ preference: Number(preference), exchange }),
		write: ({ preference, exchange }: Mx) => `${preference} ${absolute(exchange)}`,
	},
	TXT: {
		read: (words) => words.map((word) => Buffer.from(word)),
		write: (data: Buffer[]) => data.map((each) => `"${each.toString('latin1')}"`).join(' '),
	},
	HINFO: {
		read: ([cpu, os]) => ({ cpu, os }),
		write: ({ cpu, os }: { cpu: string; os: string }) => `"${cpu}" "${os}"`,
	},
	SOA: {
		read: ([mname, rname, ...numbers]) => ({
			mname,
			rname,
			...Object.fromEntries(soaNumbers.map((each, i) => [each, Number(numbers[i])])),
		}),
		write: (soa: Soa) =>
			`${absolute(soa.mname)} ${absolute(soa.rname)} ${soaNumbers.map((each) => soa[each]).join(' ')}`,
	},
	SRV: {
		read: ([priority, weight, port, target]) => ({
			priority: Number(priority),
			weight: Number(weight),
			port: Number(port),
			target,
		}),
		write: ({ priority, weight, port, target }: Srv) => `${priority} ${weight} ${port} ${absolute(target)}`,
	},
};

/** The name that dns-packet has for a type; it takes `UNKNOWN_nnn` for those that it cannot encode. */
function packetType(type: number): string {
	const mnemonic = typeName(type);
	return mnemonic in forms ? mnemonic : `UNKNOWN_${type}`;
}

/** Words between blanks; quotes keep blanks together. */
function wordsOf(text: string): string[] {
	return (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));
}

/** A record from `OWNER [TTL] [CLASS] TYPE RDATA`; 3600 seconds and IN are the defaults. Throws for what is wrong. */
export function readRecord(text: string): PacketRecord {
	const words = wordsOf(text);
	const owner = words.shift();
	let ttl = 3600;
	let rrClass = 'IN';
	while (words.length > 0) {
		const word = words[0].toUpperCase();
		if (/^\d+$/.test(word)) ttl = Number(word);
		else if (word === 'IN' || word === 'CH') rrClass = word;
		else break;
		words.shift();
	}
	const type = words.length > 0 ? typeNumber(words[0]) : undefined;
	if (owner === undefined || type === undefined) throw new Error(`"${text}" is no record`);
	const rdata = words.slice(1);
	if (rdata[0] === '\\#') {
		const data = Buffer.from(rdata.slice(2).join(''), 'hex');
		return { name: owner, type: `UNKNOWN_${type}`, class: rrClass, ttl, data };
	}
	const form = forms[typeName(type)];
	if (form === undefined) throw new Error(`RDATA of ${typeName(type)} is written \\# LENGTH HEX here`);
	return { name: owner, type: packetType(type), class: rrClass, ttl, data: form.read(rdata) };
}

/** `NAME TYPE [CLASS]` or, as in zone files, `NAME CLASS TYPE`. */
export function readQuestion(text: string): PacketRecord {
	const [owner, ...words] = text.split(/\s+/);
	let rrClass = 'IN';
	let type: number | undefined;
	for (const word of words) {
		if (['IN', 'CH', 'HS'].includes(word.toUpperCase())) rrClass = word.toUpperCase();
		else type = typeNumber(word);
	}
	if (type === undefined) throw new Error(`"${text}" is no question`);
	return { name: owner, type: `UNKNOWN_${type}`, class: rrClass };
}

/** The number of a type as dns-packet's decoder names it. */
export function typeOf(record: PacketRecord): number {
	const unknown = /^UNKNOWN_(\d+)$/.exec(record.type);
	return unknown ? Number(unknown[1]) : (typeNumber(record.type) ?? numberOfPacketType(record.type));
}

/** dns-packet knows mnemonics that petrel does not. */
function numberOfPacketType(type: string): number {
	const octets = dnsPacket.encode({ questions: [{ name: '.', type: type as 'A' }] });
	return octets.readUInt16BE(13);
}

export function questionText(question: PacketRecord): string {
	return `${absolute(question.name)} ${question.class} ${typeName(typeOf(question))}`;
}

/** A decoded record in presentation format. */
export function recordText(record: PacketRecord, withTtl: boolean): string {
	const form = forms[record.type];
	const ttl = withTtl ? `${record.ttl} ` : '';
	const rdata = form ? form.write(record.data as never) : opaqueText(record.data);
	return `${absolute(record.name)} ${ttl}${record.class} ${typeName(typeOf(record))} ${rdata}`;
}

function opaqueText(data: unknown): string {
	if (!Buffer.isBuffer(data)) return JSON.stringify(data);
	return `\\# ${data.length} ${data.toString('hex')}`;
}
