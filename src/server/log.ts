import { writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { pino } from 'pino';

export type LogFormat = 'coredns' | 'json';

type Fields = Readonly<Record<string, string | number>>;

/**
 * What petrel tells a person, on stderr. Two forms: CoreDNS's lines, which people parse, and JSON (pino). Fields are
 * for JSON; the text says the same.
 */
export interface Log {
	info(text: string, fields?: Fields): void;
	warn(text: string, fields?: Fields): void;
	error(text: string, fields?: Fields): void;
	/** The one line that says that the server answers now. */
	ready(text: string, fields: Fields): void;
	/** A query that got SERVFAIL, as CoreDNS's `errors` writes it. */
	resolutionFailed(failure: ResolutionFailure): void;
}

export interface ResolutionFailure {
	readonly qname: string;
	readonly qtype: string;
	readonly rcode: number;
	readonly cause: string;
}

/** Writes to stderr without buffering, so that the last words before an exit are not lost. */
function writeLine(line: string): void {
	try {
		writeSync(process.stderr.fd, `${line}\n`);
	} catch {
		// Whoever read the log is gone, or a pipe is full: the server goes on without.
	}
}

export function createLog(format: LogFormat, write: (line: string) => void = writeLine): Log {
	return format === 'json' ? jsonLog(write) : textLog(write);
}

function textLog(write: (line: string) => void): Log {
	const label = (style: 'yellow' | 'red', text: string): string =>
		styleText(style, text, { stream: process.stderr, validateStream: true });
	const error = (text: string): void => write(`${label('red', '[ERROR]')} ${text}`);
	return {
		info: (text) => write(`[INFO] ${text}`),
		warn: (text) => write(`${label('yellow', '[WARNING]')} ${text}`),
		error,
		ready: (text) => write(text),
		resolutionFailed: ({ rcode, qname, qtype, cause }) =>
			error(`plugin/errors: ${rcode} ${qname} ${qtype}: ${cause}`),
	};
}

function jsonLog(write: (line: string) => void): Log {
	const stream = { write: (line: string) => write(line.trimEnd()) };
	const logger = pino({ base: null, formatters: { level: (level) => ({ level }) } }, stream);
	return {
		info: (text, fields = {}) => logger.info(fields, text),
		warn: (text, fields = {}) => logger.warn(fields, text),
		error: (text, fields = {}) => logger.error(fields, text),
		ready: (text, fields) => logger.info(fields, text),
		resolutionFailed: (failure) => logger.error({ ...failure }, 'resolution failed'),
	};
}
