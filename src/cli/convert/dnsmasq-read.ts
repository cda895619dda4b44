/** Reads dnsmasq.conf, with the files that it includes, to a list of options in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import type { Origin, Remarks } from './remarks.ts';

export interface OptionLine {
	readonly name: string;
	/** Behind the =; empty without one. */
	readonly value: string;
	readonly at: Origin;
}

const depthMax = 20;
const linesMax = 200_000;

/** Files are read only through this, so that tests have files of their own. */
export interface FileReader {
	/** Throws when there is none. */
	text(path: string): string;
	/** The names in a directory; throws when there is none. */
	names(path: string): readonly string[];
}

export const systemFiles: FileReader = {
	text: (path) => readFileSync(path, 'utf8'),
	names: (path) => readdirSync(path),
};

export function readDnsmasq(text: string, file: string, files: FileReader, remarks: Remarks): OptionLine[] {
	const found: OptionLine[] = [];
	readInto(found, text, file, files, remarks, 0);
	return found;
}

function readInto(
	found: OptionLine[],
	text: string,
	file: string,
	files: FileReader,
	remarks: Remarks,
	depth: number,
): void {
	for (const [index, raw] of text.split(/\r?\n/).entries()) {
		const at = { file, line: index + 1 };
		const line = withoutComment(raw);
		if (line === '') continue;
		const match = /^(?:--)?([A-Za-z0-9-]+)\s*(?:=\s*(.*))?$/.exec(line);
		if (!match) {
			remarks.lost(at, `\`${line}\` is no option of dnsmasq`);
			continue;
		}
		const [, name, value = ''] = match;
		if (found.length >= linesMax) {
			remarks.lost(at, `more than ${linesMax} options: the rest is left out`);
			return;
		}
		const included = includedFiles(name, value, at, files, remarks);
		if (included === undefined) {
			found.push({ name, value: unquote(value), at });
			continue;
		}
		for (const path of included) {
			if (depth >= depthMax) {
				remarks.lost(at, `${path}: files include each other deeper than ${depthMax}`);
				continue;
			}
			try {
				readInto(found, files.text(path), path, files, remarks, depth + 1);
			} catch (thrown) {
				remarks.lost(at, `${path} cannot be read: ${messageOf(thrown)}`);
			}
		}
	}
}

/** A # begins a comment at the start of a line or behind white space, outside quotes. */
function withoutComment(line: string): string {
	let quoted = false;
	for (let i = 0; i < line.length; i++) {
		if (line[i] === '"') quoted = !quoted;
		else if (line[i] === '#' && !quoted && (i === 0 || /\s/.test(line[i - 1])))
			return line.slice(0, i).trim();
	}
	return line.trim();
}

function unquote(value: string): string {
	return value.replace(/^"([^"]*)"$/, '$1').trim();
}

/** The files that an option includes; undefined for options that include none. */
function includedFiles(
	name: string,
	value: string,
	at: Origin,
	files: FileReader,
	remarks: Remarks,
): string[] | undefined {
	const near = (path: string): string => (isAbsolute(path) ? path : join(dirname(at.file), path));
	if (name === 'conf-file' || name === 'servers-file') return [near(unquote(value))];
	if (name !== 'conf-dir') return undefined;
	const [directory, ...patterns] = unquote(value).split(',');
	try {
		const names = [...files.names(near(directory))].sort();
		return names.filter((each) => isWanted(each, patterns)).map((each) => join(near(directory), each));
	} catch (thrown) {
		remarks.lost(at, `${directory} cannot be read: ${messageOf(thrown)}`);
		return [];
	}
}

/**
 * dnsmasq leaves out names that begin with a dot or a # or end with ~. `.bak` leaves out that ending; `*.conf` takes only
 * that one.
 */
function isWanted(name: string, patterns: readonly string[]): boolean {
	if (/^[.#]|[~#]$/.test(name)) return false;
	const only = patterns.filter((pattern) => pattern.startsWith('*')).map((pattern) => pattern.slice(1));
	const not = patterns.filter((pattern) => pattern !== '' && !pattern.startsWith('*'));
	if (not.some((ending) => name.endsWith(ending))) return false;
	return only.length === 0 || only.some((ending) => name.endsWith(ending));
}
