import type { Finding } from './model.ts';

export type Severity = 'error' | 'warning';

/**
 * A finding as lines of text:
 *
 *     Corefile:3:13: error: `cache 0`: TTL must be at least 1
 *         cache 0
 *               ^
 *       hint: …
 *
 * @param sourceLine the line it is about; left out, only the first and the last line are given
 */
export function formatFinding(finding: Finding, severity: Severity, sourceLine?: string): string {
	const { file, line, column } = finding.at;
	const lines = [`${file}:${line}:${column}: ${severity}: ${finding.message}`];
	if (sourceLine !== undefined) {
		// Tabs stay tabs, so that the caret stands below the word however wide they are shown.
		const before = [...sourceLine].slice(0, column - 1).map((character) => (character === '\t' ? '\t' : ' '));
		lines.push(`    ${sourceLine}`, `    ${before.join('')}^`);
	}
	if (finding.hint !== undefined) lines.push(`  hint: ${finding.hint}`);
	return lines.join('\n');
}

/** The line that a finding is about, from the texts that `loadCorefile` returns. */
export function sourceLineOf(finding: Finding, sources: ReadonlyMap<string, string>): string | undefined {
	const text = sources.get(finding.at.file);
	return text?.replace(/^\uFEFF/, '').split(/\r?\n/)[finding.at.line - 1];
}
