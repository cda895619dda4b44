import { isCorednsQuery } from './coredns-log.ts';
import { parseObject } from './json-line.ts';
import { readType } from './mnemonics.ts';

export const traceFormats = ['dnsperf', 'pcap', 'zeek', 'coredns-log'] as const;
export type TraceFormat = (typeof traceFormats)[number];

export const captureMagicBytes = 4;
const captureMagic: ReadonlyMap<string, 'pcap' | 'pcapng'> = new Map([
	['a1b2c3d4', 'pcap'],
	['d4c3b2a1', 'pcap'],
	['a1b23c4d', 'pcap'],
	['4d3cb2a1', 'pcap'],
	['0a0d0d0a', 'pcapng'],
]);

/** Which of the two a capture is; undefined: neither. */
export function captureKind(head: Buffer): 'pcap' | 'pcapng' | undefined {
	return captureMagic.get(head.toString('hex', 0, captureMagicBytes));
}

/** What a file is, by its first octets; undefined: they do not say. */
export function detectFormat(head: Buffer, isWhole: boolean): TraceFormat | undefined {
	if (captureKind(head)) return 'pcap';
	const lines = head.toString('latin1').split(/\r?\n/);
	// The last one may go on in what was not looked at.
	if (!isWhole) lines.pop();
	for (const line of lines) {
		const format = formatOfLine(line);
		if (format) return format;
	}
	return undefined;
}

const zeekHeader = /^#(?:separator |set_separator\t|fields[\t,; ]|path\s)/;
const words = /^\s*(\S+)[ \t]+(\S+)/;

/** Undefined: the line says nothing, as comments and what CoreDNS says when it starts. */
function formatOfLine(line: string): TraceFormat | undefined {
	if (zeekHeader.test(line)) return 'zeek';
	if (isCorednsQuery(line)) return 'coredns-log';
	if (line.startsWith('{')) return formatOfJson(line);
	if (/^\s*[;#]/.test(line)) return undefined;
	const match = words.exec(line);
	return match && readType(match[2]) !== undefined ? 'dnsperf' : undefined;
}

function formatOfJson(line: string): TraceFormat | undefined {
	const row = parseObject(line);
	if (row === undefined) return undefined;
	if ('query' in row || 'qtype_name' in row || 'id.orig_h' in row) return 'zeek';
	const isLog = 'qname' in row || (typeof row.log === 'string' && isCorednsQuery(row.log));
	return isLog ? 'coredns-log' : undefined;
}
