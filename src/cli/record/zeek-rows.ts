import { cacheOutcome } from '../../engine/query-recorder.ts';
import type { RecordedReply } from '../../server/record/recorded-reply.ts';
import { timeText } from '../../util/clock.ts';
import { corednsRcode, corednsType } from '../../wire/coredns-text.ts';
import { flag } from '../../wire/header.ts';
import { rcode, rrType } from '../../wire/iana.ts';
import type { NameHasher } from './name-hasher.ts';
import { zeekName } from './zeek-name.ts';

/** The columns of Zeek's dns.log with their types, and behind them petrel's own. */
const columns = [
	['ts', 'time'],
	['uid', 'string'],
	['id.orig_h', 'addr'],
	['id.orig_p', 'port'],
	['id.resp_h', 'addr'],
	['id.resp_p', 'port'],
	['proto', 'enum'],
	['trans_id', 'count'],
	['rtt', 'interval'],
	['query', 'string'],
	['qclass', 'count'],
	['qclass_name', 'string'],
	['qtype', 'count'],
	['qtype_name', 'string'],
	['rcode', 'count'],
	['rcode_name', 'string'],
	['AA', 'bool'],
	['TC', 'bool'],
	['RD', 'bool'],
	['RA', 'bool'],
	['Z', 'count'],
	['answers', 'vector[string]'],
	['TTLs', 'vector[interval]'],
	['rejected', 'bool'],
	['edns_bytes', 'count'],
	['DO', 'bool'],
	['reply_bytes', 'count'],
	['denial_ttl', 'interval'],
	['cache', 'string'],
] as const;

export const clientModes = ['none', 'hashed', 'clear'] as const;
export type ClientMode = (typeof clientModes)[number];

export interface ZeekRowsOptions {
	/** Milliseconds since 1970 at the 0 of the records' times. */
	readonly epochMs: number;
	readonly clients: ClientMode;
	readonly hashNames: boolean;
	readonly hasher: NameHasher;
}

const unset = '-';
const classNames: ReadonlyMap<number, string> = new Map([
	[1, 'C_INTERNET'],
	[3, 'C_CHAOS'],
	[4, 'C_HESIOD'],
	[254, 'C_NONE'],
	[255, 'C_ANY'],
]);
const outcomeNames: ReadonlyMap<number, string> = new Map([
	[cacheOutcome.hit, 'hit'],
	[cacheOutcome.stale, 'stale'],
	[cacheOutcome.miss, 'miss'],
	[cacheOutcome.uncached, 'uncached'],
]);

/** Lines of a Zeek table, each with its end of line. */
export class ZeekRows {
	readonly #options: ZeekRowsOptions;

	constructor(options: ZeekRowsOptions) {
		this.#options = options;
	}

	row(reply: RecordedReply): string {
		const { epochMs } = this.#options;
		const { qtype, qclass, rcode: code, replyFlags: flags } = reply;
		const wasAsked = reply.outcome === cacheOutcome.miss || reply.outcome === cacheOutcome.uncached;
		const isAnswer = code === rcode.NOERROR || code === rcode.NXDOMAIN;
		const kept = reply.keptSec < 0 || !isAnswer ? unset : `${reply.keptSec}.000000`;
		const fields = [
			secondsText(epochMs + reply.startMs),
			unset,
			...this.#client(reply),
			unset,
			unset,
			reply.overTcp ? 'tcp' : 'udp',
			reply.id,
			wasAsked ? secondsText(Math.max(0, reply.endMs - reply.startMs)) : unset,
			this.#name(reply.qname),
			qclass,
			classNames.get(qclass) ?? `qclass-${qclass}`,
			qtype,
			qtype === rrType.ANY ? '*' : corednsType(qtype),
			code,
			corednsRcode(code),
			bool(flags & flag.aa),
			bool(flags & flag.tc),
			bool(reply.queryFlags & flag.rd),
			bool(flags & flag.ra),
			(flags >>> 4) & 7,
			unset,
			reply.isDenial ? unset : kept,
			bool(code === rcode.REFUSED ? 1 : 0),
			reply.hasOpt ? reply.payloadBytes : unset,
			bool(reply.dnssecOk ? 1 : 0),
			reply.replyBytes,
			reply.isDenial ? kept : unset,
			outcomeNames.get(reply.outcome) ?? unset,
		];
		return `${fields.join('\t')}\n`;
	}

	#name(qname: Uint8Array): string {
		const { hashNames, hasher } = this.#options;
		return zeekName(hashNames ? hasher.hash(qname) : qname);
	}

	/** Address and port. */
	#client({ client, port }: RecordedReply): [string, string | number] {
		const { clients, hasher } = this.#options;
		if (clients === 'none' || client === '') return [unset, unset];
		return clients === 'hashed' ? [hasher.client(client), unset] : [client, port];
	}
}

/** The lines before the first row. */
export function zeekHead(wallMs: number, notes: Readonly<Record<string, string | number>>): string {
	const lines = [
		'#separator \\x09',
		'#set_separator\t,',
		'#empty_field\t(empty)',
		'#unset_field\t-',
		'#path\tdns',
		`#open\t${zeekDate(wallMs)}`,
		`#petrel\t${notesText(notes)}`,
		`#fields\t${columns.map(([name]) => name).join('\t')}`,
		`#types\t${columns.map(([, type]) => type).join('\t')}`,
	];
	return `${lines.join('\n')}\n`;
}

/** The lines behind the last row. */
export function zeekTail(wallMs: number, notes: Readonly<Record<string, string | number>>): string {
	return `#petrel\t${notesText(notes)}\n#close\t${zeekDate(wallMs)}\n`;
}

/** What a tail takes, at most. */
export const zeekTailBytesMax = 512;

function notesText(notes: Readonly<Record<string, string | number>>): string {
	return Object.entries(notes)
		.map(([name, value]) => `${name}=${value}`)
		.join('\t');
}

function zeekDate(wallMs: number): string {
	return timeText(wallMs).slice(0, 19).replace(/[T:]/g, '-');
}

function secondsText(ms: number): string {
	return (ms / 1000).toFixed(6);
}

function bool(value: number): string {
	return value === 0 ? 'F' : 'T';
}
