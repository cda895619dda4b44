import { formatFinding, type Severity, sourceLineOf } from '../config/format.ts';
import type { LoadResult } from '../config/load.ts';
import type { Finding } from '../config/model.ts';

/** Findings as `file:line:column: error: …` with the source line, a caret and the hint, errors first. */
export function findingsText({ errors, warnings, sources }: LoadResult): string {
	const textOf = (finding: Finding, severity: Severity): string =>
		`${formatFinding(finding, severity, sourceLineOf(finding, sources))}\n`;
	return [
		...errors.map((finding) => textOf(finding, 'error')),
		...warnings.map((finding) => textOf(finding, 'warning')),
	].join('');
}
