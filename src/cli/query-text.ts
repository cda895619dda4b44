import type { Answer } from 'dns-packet';
import { hostPort } from '../net/bind-error.ts';
import { ednsOption, typeName } from '../wire/iana.ts';
import type { Message, Reply } from './query-client.ts';
import { absolute, rdataText } from './rdata-text.ts';

/** The version of the JSON that `petrel query --json` writes. */
const schemaVersion = 1;

const flagNames = ['qr', 'aa', 'tc', 'rd', 'ra', 'z', 'ad', 'cd'] as const;

interface Edns {
	readonly udpPayloadSize: number;
	readonly ednsVersion: number;
	readonly flag_do: boolean;
	readonly options: readonly { readonly code: number; readonly data?: Buffer }[];
}

interface ExtendedError {
	readonly code: number;
	readonly text: string;
}

interface RecordView {
	readonly name: string;
	readonly ttlSec: number;
	readonly class: string;
	readonly type: string;
	readonly data: string;
}

function flagsOf(message: Message): string[] {
	const flags = message as unknown as Record<string, boolean>;
	return flagNames.filter((name) => flags[`flag_${name}`]);
}

function ednsOf(message: Message): Edns | undefined {
	return message.additionals?.find((record) => record.type === 'OPT') as unknown as Edns | undefined;
}

/** RFC 8914 §2: a code in two octets, then text. */
function extendedErrors(edns: Edns | undefined): ExtendedError[] {
	return (edns?.options ?? []).flatMap(({ code, data }) => {
		if (code !== ednsOption.EDE || !data || data.length < 2) return [];
		return [{ code: data.readUInt16BE(), text: data.subarray(2).toString('utf8') }];
	});
}

/** dns-packet calls a type that it does not know UNKNOWN_65. */
function typeOf(record: { readonly type: string }): string {
	return record.type.replace(/^UNKNOWN_(\d+)$/, (_, number: string) => typeName(Number(number)));
}

function view(record: Answer): RecordView {
	const {
		name,
		ttl,
		class: rrClass,
		data,
	} = record as { name: string; ttl?: number; class?: string; data: unknown };
	const type = typeOf(record);
	return {
		name: absolute(name),
		ttlSec: ttl ?? 0,
		class: rrClass ?? 'IN',
		type,
		data: rdataText(type, data),
	};
}

function views(records: readonly Answer[] | undefined): RecordView[] {
	return (records ?? []).filter((record) => record.type !== 'OPT').map(view);
}

/** For `petrel query --json`: stable keys, units in them. */
export function replyJson({ server, message, sizeBytes, elapsedMs }: Reply): unknown {
	const edns = ednsOf(message);
	return {
		version: schemaVersion,
		server: hostPort(server.address, server.port),
		transport: server.transport,
		elapsed_ms: Math.round(elapsedMs * 1000) / 1000,
		size_bytes: sizeBytes,
		id: message.id,
		opcode: message.opcode,
		rcode: message.rcode,
		flags: flagsOf(message),
		edns: edns && { version: edns.ednsVersion, udp_payload_size: edns.udpPayloadSize, do: edns.flag_do },
		extended_errors: extendedErrors(edns),
		question: (message.questions ?? []).map((question) => ({
			name: absolute(question.name),
			class: question.class,
			type: typeOf(question),
		})),
		answer: views(message.answers),
		authority: views(message.authorities),
		additional: views(message.additionals),
	};
}

/** For a person: laid out as dig does. */
export function replyText({ server, message, sizeBytes, elapsedMs }: Reply): string {
	const edns = ednsOf(message);
	const sections: [string, readonly RecordView[]][] = [
		['ANSWER', views(message.answers)],
		['AUTHORITY', views(message.authorities)],
		['ADDITIONAL', views(message.additionals)],
	];
	const counts = sections.map(([name, records]) => `${name.toLowerCase()} ${records.length}`).join(', ');
	const lines = [
		`;; opcode ${message.opcode}, status ${message.rcode}, id ${message.id}`,
		`;; flags: ${flagsOf(message).join(' ')}; ${counts}`,
	];
	if (edns) {
		const dnssecOk = edns.flag_do ? ', do' : '';
		lines.push(`;; EDNS: version ${edns.ednsVersion}, udp ${edns.udpPayloadSize}${dnssecOk}`);
	}
	for (const { code, text } of extendedErrors(edns)) lines.push(`;; EDE: ${code}${text ? ` "${text}"` : ''}`);
	lines.push('', ';; QUESTION');
	for (const question of message.questions ?? []) {
		lines.push(`;${absolute(question.name)}\t${question.class}\t${typeOf(question)}`);
	}
	for (const [name, records] of sections) {
		if (records.length === 0) continue;
		lines.push('', `;; ${name}`);
		for (const record of records) {
			lines.push(`${record.name}\t${record.ttlSec}\t${record.class}\t${record.type}\t${record.data}`);
		}
	}
	const where = `${hostPort(server.address, server.port)} ${server.transport}`;
	lines.push('', `;; ${elapsedMs.toFixed(1)} ms, ${where}, ${sizeBytes} octets`);
	return `${lines.join('\n')}\n`;
}
