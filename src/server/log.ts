import { writeSync } from 'node:fs';
import { styleText } from 'node:util';
import type { LogLevel } from '../config/model/operations.ts';
import { loadPino } from './load-pino.ts';

export type LogFormat = 'coredns' | 'json';

type Fields = Readonly<Record<string, string | number>>;

/**
 * What petrel tells a person, on stderr. Two forms: CoreDNS's lines, which people parse, and JSON (pino). Fields are
 * for JSON; the text says the same.
 */
export interface Log {
	readonly format: LogFormat;
	/** Only written after `setDebug(true)`. */
	debug(text: string, fields?: Fields): void;
	info(text: string, fields?: Fields): void;
	warn(text: string, fields?: Fields): void;
	error(text: string, fields?: Fields): void;
	at(level: LogLevel, text: string, fields?: Fields): void;
	setDebug(on: boolean): void;
	/** The one line that says that the server answers now. */
	ready(text: string, fields: Fields): void;
	/** A query that got an error, as CoreDNS's `errors` writes it. */
	resolutionFailed(failure: ResolutionFailure, level?: LogLevel): void;
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
		write === writeLine ? styleText(style, text, { stream: process.stderr, validateStream: true }) : text;
	const labels: Readonly<Record<LogLevel, string>> = {
		debug: '[DEBUG]',
		info: '[INFO]',
		warning: label('yellow', '[WARNING]'),
		error: label('red', '[ERROR]'),
	};
	let debugging = false;
	const at = (level: LogLevel, text: string): void => {
		if (level !== 'debug' || debugging) write(`${labels[level]} ${text}`);
	};
	return {
		format: 'coredns',
		at,
		debug: (text) => at('debug', text),
		info: (text) => at('info', text),
		warn: (text) => at('warning', text),
		error: (text) => at('error', text),
		setDebug: (on) => {
			debugging = on;
		},
		ready: (text) => write(text),
		resolutionFailed: ({ rcode, qname, qtype, cause }, level = 'error') =>
			at(level, `plugin/errors: ${rcode} ${qname} ${qtype}: ${cause}`),
	};
}

function jsonLog(write: (line: string) => void): Log {
	const stream = { write: (line: string) => write(line.trimEnd()) };
	const logger = loadPino()({ base: null, formatters: { level: (level) => ({ level }) } }, stream);
	const at = (level: LogLevel, text: string, fields: Fields = {}): void =>
		logger[level === 'warning' ? 'warn' : level](fields, text);
	return {
		format: 'json',
		at,
		debug: (text, fields) => at('debug', text, fields),
		info: (text, fields) => at('info', text, fields),
		warn: (text, fields) => at('warning', text, fields),
		error: (text, fields) => at('error', text, fields),
		setDebug: (on) => {
			logger.level = on ? 'debug' : 'info';
		},
		ready: (text, fields) => logger.info(fields, text),
		resolutionFailed: (failure, level = 'error') => at(level, 'resolution failed', { ...failure }),
	};
}
