import { placeText } from '../place.ts';
import type { Origin } from './remarks.ts';

/** A line of a server block, with the lines of its own block, and where it comes from. */
export interface DirectiveText {
	readonly text: string;
	readonly options?: readonly string[];
	readonly from?: readonly Origin[];
}

export interface BlockText {
	/** Keys, or a snippet's name in parentheses. */
	readonly keys: readonly string[];
	readonly lines: readonly DirectiveText[];
	readonly from?: readonly Origin[];
	/** A sentence above the block. */
	readonly comment?: string;
}

const indent = '    ';
const originsShown = 4;
const keysPerLine = 4;

/** A Corefile's text, with a comment at each line that says where in `file`, or in what it includes, it comes from. */
export function writeCorefile(introduction: string, file: string, blocks: readonly BlockText[]): string {
	const head = introduction.split('\n').map((line) => `# ${line}`.trimEnd());
	return `${[head.join('\n'), ...blocks.map((block) => blockText(block, file))].join('\n\n')}\n`;
}

function blockText({ keys, lines, from = [], comment }: BlockText, file: string): string {
	const origins = from.length > 0 ? `From ${originsText(from, file)}.` : '';
	const above = `${comment ?? ''} ${origins}`.trim();
	return [
		...(above === '' ? [] : [`# ${above}`]),
		`${keysText(keys)} {`,
		...lines.flatMap((line) => directiveLines(line, file)),
		'}',
	].join('\n');
}

/** Many keys go on in the next line after a comma. */
function keysText(keys: readonly string[]): string {
	if (keys.length <= keysPerLine) return keys.join(' ');
	const rows: string[] = [];
	for (let i = 0; i < keys.length; i += keysPerLine) rows.push(keys.slice(i, i + keysPerLine).join(', '));
	return rows.join(',\n');
}

function directiveLines({ text, options, from = [] }: DirectiveText, file: string): string[] {
	const origin = from.length === 0 ? '' : `  # ${originsText(from, file)}`;
	if (options === undefined || options.length === 0) return [`${indent}${text}${origin}`];
	return [
		`${indent}${text} {${origin}`,
		...options.map((option) => `${indent}${indent}${option}`),
		`${indent}}`,
	];
}

function originsText(origins: readonly Origin[], file: string): string {
	const here = sorted(origins.filter((origin) => origin.file === file).map(({ line }) => line));
	const elsewhere = origins.filter((origin) => origin.file !== file).map(placeText);
	const lines = here.length === 0 ? [] : [`line${here.length > 1 ? 's' : ''} ${shortened(here.map(String))}`];
	return [...lines, ...(elsewhere.length > 0 ? [shortened([...new Set(elsewhere)])] : [])].join(', ');
}

function shortened(texts: readonly string[]): string {
	const more = texts.length > originsShown ? ` and ${texts.length - originsShown} more` : '';
	return `${texts.slice(0, originsShown).join(', ')}${more}`;
}

function sorted(lines: readonly number[]): number[] {
	return [...new Set(lines)].sort((a, b) => a - b);
}

/** A word that may hold anything: in quotes where a Corefile needs them. */
export function quoteWord(text: string): string {
	return /^[^\s"#{}]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}
