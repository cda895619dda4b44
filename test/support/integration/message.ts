/** Messages as the tests' clients write and read them: dns-packet, petrel's own code has no part in it. */
import packet from 'dns-packet';

export interface Ask {
	/** A by default. */
	readonly type?: string | number;
	readonly id?: number;
	/** Flags of the query; RD alone by default. */
	readonly rd?: boolean;
	readonly ad?: boolean;
	readonly cd?: boolean;
	readonly edns?: Edns | undefined;
	/** Number of a class; IN by default. */
	readonly class?: number;
	readonly opcode?: number;
}

export interface Edns {
	readonly sizeBytes?: number;
	readonly dnssecOk?: boolean;
	readonly version?: number;
	readonly options?: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export interface ReplyRecord {
	readonly name: string;
	readonly type: string;
	readonly ttl: number;
	// biome-ignore lint/suspicious/noExplicitAny: RDATA has another shape for every type.
	readonly data: any;
}

export interface Reply {
	readonly id: number;
	/** Mnemonic, the extended RCODE included. */
	readonly rcode: string;
	/** Those that are set, as dig writes them: "qr rd ra". */
	readonly flags: string;
	readonly question: { readonly name: string; readonly type: string } | undefined;
	readonly answers: readonly ReplyRecord[];
	readonly authorities: readonly ReplyRecord[];
	readonly opt:
		| { readonly dnssecOk: boolean; readonly version: number; readonly options: readonly number[] }
		| undefined;
	/** INFO-CODE of the Extended DNS Error. */
	readonly ede: number | undefined;
	readonly octets: Buffer;
}

let nextId = 1;

/** Numbers that follow each other: two queries of one test never have the same. */
export function newId(): number {
	nextId = (nextId + 1) & 0xffff;
	return nextId;
}

const ednsDefaults = { sizeBytes: 1232, dnssecOk: false, version: 0, options: [] };

function optOctets(edns: Edns): Buffer {
	const { sizeBytes, dnssecOk, version, options } = { ...ednsDefaults, ...edns };
	const data = options.map(({ code, data }) => {
		const head = Buffer.alloc(4);
		head.writeUInt16BE(code, 0);
		head.writeUInt16BE(data.length, 2);
		return Buffer.concat([head, data]);
	});
	const rdata = Buffer.concat(data);
	const opt = Buffer.alloc(11);
	opt.writeUInt16BE(41, 1);
	opt.writeUInt16BE(sizeBytes, 3);
	opt[6] = version;
	opt[7] = dnssecOk ? 0x80 : 0;
	opt.writeUInt16BE(rdata.length, 9);
	return Buffer.concat([opt, rdata]);
}

/** The octets of a query. */
export function makeQuery(name: string, ask: Ask = {}): Buffer {
	const { type = 'A', id = newId(), rd = true, ad = false, cd = false, opcode = 0 } = ask;
	const flags = (opcode << 11) | (rd ? 0x0100 : 0) | (ad ? 0x0020 : 0) | (cd ? 0x0010 : 0);
	const questions = [{ type: 'A' as const, name }];
	const query = packet.encode({ type: 'query', id, questions });
	query.writeUInt16BE(flags, 2);
	if (typeof type === 'number') query.writeUInt16BE(type, query.length - 4);
	else {
		const typed = packet.encode({ type: 'query', questions: [{ type: type as packet.RecordType, name }] });
		typed.copy(query, query.length - 4, typed.length - 4, typed.length - 2);
	}
	if (ask.class !== undefined) query.writeUInt16BE(ask.class, query.length - 2);
	if (ask.edns === undefined) return query;
	query.writeUInt16BE(1, 10);
	return Buffer.concat([query, optOctets(ask.edns)]);
}

const flagNames = [
	['qr', 0x8000],
	['aa', 0x0400],
	['tc', 0x0200],
	['rd', 0x0100],
	['ra', 0x0080],
	['ad', 0x0020],
	['cd', 0x0010],
] as const;

interface OptRecord {
	readonly flags: number;
	readonly extendedRcode: number;
	readonly ednsVersion: number;
	readonly options: readonly { code: number; data?: Buffer }[];
}

const badVersion = 16;

/** Decodes a reply; throws where dns-packet does, as a client's library would. */
export function decodeReply(octets: Buffer): Reply {
	const message = packet.decode(octets);
	const records = (list: packet.Answer[] | undefined): ReplyRecord[] =>
		(list ?? []) as unknown as ReplyRecord[];
	const found = message.additionals?.find(({ type }) => type === 'OPT') as unknown as OptRecord | undefined;
	const flags = octets.readUInt16BE(2);
	const rcode = (message as unknown as { rcode: string }).rcode;
	const high = found?.extendedRcode ?? 0;
	const question = message.questions?.[0];
	return {
		id: octets.readUInt16BE(0),
		rcode: high === 0 ? rcode : (high << 4) + (flags & 0xf) === badVersion ? 'BADVERS' : `RCODE${high << 4}`,
		flags: flagNames
			.filter(([, bit]) => flags & bit)
			.map(([name]) => name)
			.join(' '),
		question: question && { name: question.name, type: question.type },
		answers: records(message.answers),
		authorities: records(message.authorities),
		opt: found && {
			dnssecOk: (found.flags & 0x8000) !== 0,
			version: found.ednsVersion,
			options: found.options.map(({ code }) => code),
		},
		ede: found?.options.find(({ code }) => code === 15)?.data?.readUInt16BE(0),
		octets,
	};
}

/** The data of the answer section. */
export function dataOf(reply: Reply): unknown[] {
	return reply.answers.map(({ data }) => data);
}

/** The data of two replies without what may differ from asker to asker: ID and flags. */
export function contentOf({ rcode, answers, authorities }: Reply): unknown {
	const bare = (list: readonly ReplyRecord[]): unknown[] =>
		list.map(({ name, type, data }) => [name, type, data]);
	return { rcode, answers: bare(answers), authorities: bare(authorities) };
}
