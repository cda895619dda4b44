import type { Finding, SourcePosition } from './model.ts';

/** So many errors (warnings) are kept; a file that has more is something else than a Corefile. */
const findingsMax = 200;
/** A message is a line for a person. */
const textLengthMax = 500;

/** Collects what is wrong with a configuration, so that one run shows everything. */
export class Report {
	readonly errors: Finding[] = [];
	readonly warnings: Finding[] = [];
	/** Files that directives have read, besides the Corefile and its imports. */
	readonly files = new Set<string>();
	/** Errors found so far, also those beyond the limit of `errors`. */
	errorCount = 0;

	error(at: SourcePosition, message: string, hint?: string): void {
		this.errorCount++;
		if (this.errors.length < findingsMax) this.errors.push(finding(at, message, hint));
	}

	/** @param code see `Finding.code` */
	warn(at: SourcePosition, message: string, hint?: string, code?: string): void {
		if (this.warnings.length < findingsMax) this.warnings.push(finding(at, message, hint, code));
	}
}

function finding(at: SourcePosition, message: string, hint?: string, code?: string): Finding {
	return {
		at,
		message: oneLine(message),
		...(hint === undefined ? {} : { hint: oneLine(hint) }),
		...(code === undefined ? {} : { code }),
	};
}

/** Words of the file stand in messages: nothing in them may break the line or steer a terminal. */
function oneLine(text: string): string {
	const cut = text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
	return cut.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** Findings in the order of a reader: files as they were first read, then lines, then columns. */
export function sortFindings(findings: readonly Finding[], files: readonly string[]): Finding[] {
	return [...findings].sort(
		(a, b) =>
			files.indexOf(a.at.file) - files.indexOf(b.at.file) ||
			a.at.line - b.at.line ||
			a.at.column - b.at.column,
	);
}
