import type { LogLabel } from '../../config/directives/log-labels.ts';
import { corednsClass, corednsRcode, corednsType } from '../../wire/coredns-text.ts';
import { opcodeOf } from '../../wire/header.ts';
import type { LogRecord } from './record.ts';

/** What stands where there is nothing. */
const empty = '-';
const commonFormat =
	'{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}';

/** Placeholders that stand for other placeholders. */
export const shorthands = {
	'{common}': commonFormat,
	'{combined}': `${commonFormat} "{>opcode}"`,
} as const;

/** A query as the formats see it. */
export interface LogSubject {
	readonly record: LogRecord;
	/** The address that petrel listens on where the query came. */
	readonly local: string;
}

type Writer = (subject: LogSubject) => string;

/** Bits of the header's flags, in the order of CoreDNS's lines. */
const flagNames = [
	['qr', 0x8000],
	['aa', 0x0400],
	['tc', 0x0200],
	['rd', 0x0100],
	['ra', 0x0080],
	['z', 0x0040],
	['ad', 0x0020],
	['cd', 0x0010],
] as const;

export function flagsText(flags: number): string {
	let text = '';
	for (const [name, bit] of flagNames) if (flags & bit) text += text === '' ? name : `,${name}`;
	return text;
}

function addressText(address: string): string {
	return address.includes(':') ? `[${address}]` : address;
}

/** Seconds, without an exponent and without zeros at the end. */
export function secondsText(durationMs: number): string {
	const nanosec = Math.max(0, Math.round(durationMs * 1e6));
	const fraction = String(nanosec % 1e9)
		.padStart(9, '0')
		.replace(/0+$/, '');
	const whole = Math.floor(nanosec / 1e9);
	return fraction === '' ? `${whole}s` : `${whole}.${fraction}s`;
}

export const labelWriters: Readonly<Record<Exclude<LogLabel, keyof typeof shorthands>, Writer>> = {
	'{type}': ({ record }) => corednsType(record.qtype),
	'{name}': ({ record }) => record.qname,
	'{class}': ({ record }) => corednsClass(record.qclass),
	'{proto}': ({ record }) => (record.overTcp ? 'tcp' : 'udp'),
	'{size}': ({ record }) => String(record.queryBytes),
	'{remote}': ({ record }) => addressText(record.client),
	'{port}': ({ record }) => String(record.port),
	'{local}': ({ local }) => addressText(local),
	'{>id}': ({ record }) => String(record.id),
	'{>opcode}': ({ record }) => String(opcodeOf(record.queryFlags)),
	'{>do}': ({ record }) => String(record.dnssecOk),
	'{>bufsize}': ({ record }) => String(record.payloadBytes),
	'{rcode}': ({ record }) => (record.replied ? corednsRcode(record.rcode) : empty),
	'{rsize}': ({ record }) => String(record.answerBytes),
	'{>rflags}': ({ record }) => (record.replied ? flagsText(record.replyFlags) : empty),
	'{duration}': ({ record }) => secondsText(record.endMs - record.startMs),
};

/**
 * A format as a function. A placeholder begins at the last brace before the one that closes it; what is in braces and
 * is none stands as it is. `{/...}` would be metadata, of which there is none.
 */
export function compileFormat(format: string): Writer {
	let text: string = format;
	for (const [short, long] of Object.entries(shorthands)) text = text.replaceAll(short, long);
	const parts: Writer[] = [];
	let literal = '';
	const endLiteral = (): void => {
		const words = literal;
		if (words !== '') parts.push(() => words);
		literal = '';
	};
	for (const piece of text.split(/(\{[^{}]*\})/)) {
		const writer = Object.hasOwn(labelWriters, piece) ? labelWriters[piece as '{type}'] : undefined;
		if (writer === undefined && !/^\{\/.*\}$/s.test(piece)) {
			literal += piece;
			continue;
		}
		endLiteral();
		parts.push(writer ?? (() => empty));
	}
	endLiteral();
	return (subject) => {
		let line = '';
		for (const part of parts) line += part(subject);
		return line;
	};
}
