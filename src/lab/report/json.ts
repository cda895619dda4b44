import type { StudyReport } from '../study/report.ts';

export interface MadeBy {
	readonly petrelVersion: string;
	readonly nodeVersion: string;
	/** `linux-x64`. */
	readonly platform: string;
	/** ISO 8601 in UTC. */
	readonly endedAt: string;
}

/** Changes when a key changes its meaning. */
const schemaVersion = 1;

/** A report as one document: a key a line, an element of its lists a line. What there is none of is null, or left out. */
export function renderJson(report: StudyReport, madeBy: MadeBy): string {
	const document = { schemaVersion, ...madeBy, ...report };
	const lines = Object.entries(document).map(
		([key, value]) => `\t${JSON.stringify(key)}: ${valueText(value)}`,
	);
	return `{\n${lines.join(',\n')}\n}\n`;
}

function valueText(value: unknown): string {
	if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
	return `[\n${value.map((item) => `\t\t${JSON.stringify(item)}`).join(',\n')}\n\t]`;
}
