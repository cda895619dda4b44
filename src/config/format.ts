import type { Finding, SourcePosition } from './model.ts';

/** A note is advice: what it is about works. */
export type Severity = 'error' | 'warning' | 'note';

/** Where a line is longer it is cut around what is marked. */
const shownMax = 160;
const shownBefore = 60;

/**
 * A finding as lines of text:
 *
 *     Corefile:3:13: error[code]: `cache 0`: TTL must be at least 1
 *         cache 0
 *               ^
 *       hint: …
 *
 * @param sourceLine the line it is about; left out, only the first and the last line are given
 */
export function formatFinding(finding: Finding, severity: Severity, sourceLine?: string): string {
	return formatFindings([finding], severity, sourceLine);
}

/** Findings about one line: the line is shown once, with all places marked. */
export function formatFindings(
	findings: readonly Finding[],
	severity: Severity,
	sourceLine?: string,
): string {
	const lines = findings.map((finding) => headLine(finding, severity));
	if (sourceLine !== undefined) {
		const columns = findings.map(({ at }) => at.column);
		lines.push(...excerpt(sourceLine, columns).map((line) => `    ${line}`));
	}
	const isOnePlace = findings.every(({ at }) => at.column === findings[0].at.column);
	for (const { hint, at } of findings) {
		if (hint === undefined) continue;
		lines.push(isOnePlace ? `  hint: ${hint}` : `  hint (column ${at.column}): ${hint}`);
	}
	return lines.join('\n');
}

/** `Corefile:3:13: error[code]: message` */
export function headLine({ at, code, message }: Finding, severity: Severity): string {
	return `${positionText(at)}: ${severity}${code === undefined ? '' : `[${code}]`}: ${message}`;
}

/** `Corefile:3:13` */
export function positionText({ file, line, column }: SourcePosition): string {
	return `${file}:${line}:${column}`;
}

/** The line that a finding is about, from the texts that `loadCorefile` returns. */
export function sourceLineOf(finding: Finding, sources: ReadonlyMap<string, string>): string | undefined {
	const text = sources.get(finding.at.file);
	return text?.replace(/^\uFEFF/, '').split(/\r?\n/)[finding.at.line - 1];
}

/** The line, and below it a line that marks the words which begin at these columns (from 1, in characters). */
function excerpt(sourceLine: string, columns: readonly number[]): string[] {
	const characters = [...sourceLine];
	const first = Math.min(...columns) - 1;
	const cutFrom = characters.length > shownMax ? Math.max(0, first - shownBefore) : 0;
	const shown = characters.slice(cutFrom, cutFrom + shownMax);
	const lead = cutFrom > 0 ? '… ' : '';
	const rest = cutFrom + shownMax < characters.length ? ' …' : '';
	const marks = marksOf(shown, new Set(columns.map((column) => column - 1 - cutFrom)));
	return [`${lead}${shown.map(harmless).join('')}${rest}`, `${' '.repeat(lead.length)}${marks}`.trimEnd()];
}

function marksOf(characters: readonly string[], starts: ReadonlySet<number>): string {
	let marks = '';
	let inWord = false;
	for (let i = 0; i < characters.length; i++) {
		const character = characters[i];
		inWord = starts.has(i) || (inWord && !/[\s,]/u.test(character));
		const mark = starts.has(i) ? '^' : inWord ? '~' : ' ';
		// Tabs stay tabs, so that a mark stands below its word however wide they are shown.
		if (character === '\t' && mark === ' ') marks += '\t';
		else marks += mark + (mark === '^' ? '~' : mark).repeat(Math.max(0, widthOf(character) - 1));
		if (widthOf(character) === 0 && !starts.has(i)) marks = marks.slice(0, -1);
	}
	for (const start of starts) if (start >= characters.length) marks += '^';
	return marks;
}

/** A source line is shown as it is, but must not steer the terminal. */
function harmless(character: string): string {
	return character !== '\t' && /\p{Cc}/u.test(character) ? '\uFFFD' : character;
}

/** Scripts and symbols that terminals show two cells wide (UAX #11: Wide and Fullwidth). */
const wide =
	/[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;

/** In cells of a terminal. */
function widthOf(character: string): 0 | 1 | 2 {
	if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
	return wide.test(character) ? 2 : 1;
}
