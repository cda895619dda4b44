import dnsPacket from 'dns-packet';
import { opcodeName, rcodeName } from '../../../src/wire/iana.ts';
import { flagNames, flagsWord } from './header-words.ts';
import { type PacketRecord, questionText, readQuestion, readRecord, recordText } from './records.ts';
import {
	type EdnsOption,
	type HeaderWords,
	type RecordLines,
	ScenarioError,
	type SourceText,
} from './syntax.ts';

/** A message as dns-packet decodes it, with what scenarios look at worked out. */
export interface Decoded {
	readonly id: number;
	/** The header's second 16 bits. */
	readonly flagsWord: number;
	readonly flags: readonly string[];
	readonly opcode: number;
	/** All twelve bits. */
	readonly rcode: number;
	readonly questions: readonly PacketRecord[];
	readonly answer: readonly PacketRecord[];
	readonly authority: readonly PacketRecord[];
	/** Without the OPT. */
	readonly additional: readonly PacketRecord[];
	readonly opt: DecodedOpt | undefined;
	readonly sizeBytes: number;
}

export interface DecodedOpt {
	readonly payloadBytes: number;
	readonly version: number;
	readonly dnssecOk: boolean;
	readonly options: readonly EdnsOption[];
	/** INFO-CODEs of Extended DNS Errors. */
	readonly ede: readonly number[];
}

interface PacketOpt {
	type: 'OPT';
	name: '.';
	udpPayloadSize: number;
	extendedRcode: number;
	ednsVersion: number;
	flags: number;
	options: EdnsOption[];
}

const edeOption = 15;
const doBit = 0x8000;

/** Decodes a whole message. Throws if it does not parse or if octets are left behind its last record. */
export function decodeMessage(octets: Uint8Array): Decoded {
	const buffer = Buffer.from(octets);
	const packet = dnsPacket.decode(buffer);
	const usedBytes = (dnsPacket.decode as unknown as { bytes: number }).bytes;
	if (usedBytes !== buffer.length)
		throw new Error(`${buffer.length - usedBytes} octets behind the last record`);
	const additionals = (packet.additionals ?? []) as unknown as (PacketRecord | PacketOpt)[];
	const opts = additionals.filter((record) => record.type === 'OPT') as PacketOpt[];
	if (opts.length > 1) throw new Error(`${opts.length} OPT records`);
	const flagsWord = buffer.readUInt16BE(2);
	return {
		id: buffer.readUInt16BE(0),
		flagsWord,
		flags: flagNames(flagsWord),
		opcode: (flagsWord >>> 11) & 0xf,
		rcode: (flagsWord & 0xf) | ((opts[0]?.extendedRcode ?? 0) << 4),
		questions: packet.questions as unknown as PacketRecord[],
		answer: packet.answers as unknown as PacketRecord[],
		authority: packet.authorities as unknown as PacketRecord[],
		additional: additionals.filter((record) => record.type !== 'OPT') as PacketRecord[],
		opt: opts[0] && decodeOpt(opts[0]),
		sizeBytes: buffer.length,
	};
}

function decodeOpt(opt: PacketOpt): DecodedOpt {
	return {
		payloadBytes: opt.udpPayloadSize,
		version: opt.ednsVersion,
		dnssecOk: (opt.flags & doBit) !== 0,
		options: opt.options,
		ede: opt.options.filter(({ code }) => code === edeOption).map(({ data }) => data.readUInt16BE(0)),
	};
}

/** What a message is built from. */
export interface MessageParts {
	readonly id: number;
	readonly header: HeaderWords;
	/** Where the header says nothing of flags. */
	readonly defaultFlags: readonly string[];
	readonly questions: readonly PacketRecord[];
	readonly records: RecordLines;
	/** Where the header says nothing of EDNS. */
	readonly edns: boolean;
	readonly dnssecOk: boolean;
}

/** The octets of a message. `file` is for errors in its records. */
export function buildMessage(file: string, parts: MessageParts): Uint8Array {
	const { header, records } = parts;
	const flags = flagsWord(header, header.flags ?? parts.defaultFlags);
	const additional = recordsOf(file, records.additional) as (PacketRecord | PacketOpt)[];
	const inside = additional.findIndex(({ name }) => name === 'OPT');
	const opt = (header.edns ?? parts.edns) || inside >= 0 ? optOf(parts) : undefined;
	if (opt) additional.splice(inside < 0 ? additional.length : inside, inside < 0 ? 0 : 1, opt);
	const packet = {
		id: parts.id,
		type: flags & 0x8000 ? 'response' : 'query',
		flags: flags & 0x7fff,
		questions: parts.questions,
		answers: recordsOf(file, records.answer),
		authorities: recordsOf(file, records.authority),
		additionals: additional,
	};
	return Uint8Array.from(dnsPacket.encode(packet as never));
}

function optOf({ header, dnssecOk }: MessageParts): PacketOpt {
	const options = [...header.options];
	if (header.ede !== undefined) options.push({ code: edeOption, data: Buffer.from([0, header.ede]) });
	return {
		type: 'OPT',
		name: '.',
		udpPayloadSize: header.payloadBytes ?? 1232,
		extendedRcode: (header.rcode ?? 0) >>> 4,
		ednsVersion: header.version ?? 0,
		flags: (header.dnssecOk ?? dnssecOk) ? doBit : 0,
		options,
	};
}

/** Records of lines; the word OPT alone stands for the place of the OPT. */
function recordsOf(file: string, lines: readonly SourceText[]): PacketRecord[] {
	return lines.map(({ line, text }) => {
		if (text === 'OPT') return { name: 'OPT', type: 'OPT' };
		return orFail(file, line, () => readRecord(text));
	});
}

export function questionsOf(file: string, lines: readonly SourceText[]): PacketRecord[] {
	return lines.map(({ line, text }) => orFail(file, line, () => readQuestion(text)));
}

function orFail<Value>(file: string, line: number, read: () => Value): Value {
	try {
		return read();
	} catch (thrown) {
		throw new ScenarioError(file, line, (thrown as Error).message);
	}
}

/** A message for a person to read. */
export function showMessage(message: Decoded): string {
	const lines = [`  ${[opcodeName(message.opcode), rcodeName(message.rcode), ...message.flags].join(' ')}`];
	if (message.opt) lines.push(`  ${showOpt(message.opt)}`);
	for (const question of message.questions) lines.push(`  QUESTION   ${questionText(question)}`);
	for (const section of ['answer', 'authority', 'additional'] as const) {
		for (const record of message[section]) {
			lines.push(`  ${section.toUpperCase().padEnd(10)} ${recordText(record, true)}`);
		}
	}
	lines.push(`  ${message.sizeBytes} octets`);
	return lines.join('\n');
}

function showOpt(opt: DecodedOpt): string {
	const words = [`EDNS=${opt.payloadBytes}`];
	if (opt.version > 0) words.push(`VERSION=${opt.version}`);
	if (opt.dnssecOk) words.push('DO');
	for (const code of opt.ede) words.push(`EDE=${code}`);
	for (const { code, data } of opt.options)
		if (code !== edeOption) words.push(`option ${code}: ${data.toString('hex')}`);
	return words.join(' ');
}
