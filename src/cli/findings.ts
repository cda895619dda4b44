import { styleText } from 'node:util';
import { formatFindings, type Severity, sourceLineOf } from '../config/format.ts';
import type { Finding } from '../config/model.ts';
import { isSameLine } from './place.ts';

export interface Findings {
	readonly errors: readonly Finding[];
	readonly warnings: readonly Finding[];
	readonly notes?: readonly Finding[];
	readonly sources: ReadonlyMap<string, string>;
}

const colours = { error: ['bold', 'red'], warning: ['bold', 'yellow'], note: ['bold', 'cyan'] } as const;

/**
 * Findings as `file:line:column: error: …` with the source line, what is meant in it and the hint, errors first.
 *
 * @param stream where the text goes: colours only where that shows them (and NO_COLOR is not set)
 */
export function findingsText(found: Findings, stream?: NodeJS.WriteStream): string {
	return (
		group(found.errors, 'error', found.sources, stream) +
		group(found.warnings, 'warning', found.sources, stream) +
		group(found.notes ?? [], 'note', found.sources, stream)
	);
}

function group(
	findings: readonly Finding[],
	severity: Severity,
	sources: ReadonlyMap<string, string>,
	stream: NodeJS.WriteStream | undefined,
): string {
	let text = '';
	for (let i = 0; i < findings.length; ) {
		const first = findings[i];
		let end = i + 1;
		while (end < findings.length && isSameLine(first.at, findings[end].at)) end++;
		text += `${formatFindings(findings.slice(i, end), severity, sourceLineOf(first, sources))}\n`;
		i = end;
	}
	if (stream === undefined) return text;
	const style = colours[severity];
	return text.replace(new RegExp(`(?<=:\\d+: )${severity}(?:\\[[\\w-]+\\])?(?=: )`, 'g'), (word) =>
		styleText([...style], word, { stream }),
	);
}
