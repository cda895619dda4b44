import type { Finding } from '../config/model.ts';
import type { Checked } from './check.ts';

/** Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request. */
export function githubText({
	errors,
	warnings,
	notes,
}: Pick<Checked, 'errors' | 'warnings' | 'notes'>): string {
	return [
		...errors.map((finding) => annotation('error', finding)),
		...warnings.map((finding) => annotation('warning', finding)),
		...notes.map((finding) => annotation('notice', finding)),
	].join('');
}

function annotation(command: 'error' | 'warning' | 'notice', { at, message, hint, code }: Finding): string {
	const properties = [
		`file=${escapeProperty(at.file)}`,
		`line=${at.line}`,
		`col=${at.column}`,
		`title=${escapeProperty(code === undefined ? 'petrel' : `petrel: ${code}`)}`,
	];
	const text = hint === undefined ? message : `${message}\n${hint}`;
	return `::${command} ${properties.join(',')}::${escapeData(text)}\n`;
}

function escapeData(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
	return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
