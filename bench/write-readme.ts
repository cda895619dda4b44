/**
 * Writes the tables of `bench/README.md`, its chart, and the few lines in the project's README anew from kept results.
 *
 *     node bench/write-readme.ts [FILE]        bench/results/latest.json if not said
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './report/chart.ts';
import { latestPath, type Results, readResults } from './report/results.ts';
import { summaryText } from './report/summary.ts';
import { reportText } from './report/tables.ts';

export const readmePath = join(import.meta.dirname, 'README.md');
export const projectReadmePath = join(import.meta.dirname, '../README.md');
export const chartPath = join(import.meta.dirname, 'results/latest.svg');
const [begin, end] = ['<!-- written from the results: begin -->', '<!-- end -->'];

/** The text with what stands between its markers replaced. */
function between(text: string, written: string): string {
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`the README lacks ${begin} or ${end}`);
	return `${text.slice(0, from)}${begin}\n\n${written}\n\n${text.slice(to)}`;
}

/** `bench/README.md` with its tables. */
export function withReport(readme: string, results: Results): string {
	return between(readme, reportText(results));
}

/** The project's README with its few lines. */
export function withSummary(readme: string, results: Results): string {
	return between(readme, summaryText(results));
}

export function writeReadme(results: Results): void {
	writeFileSync(readmePath, withReport(readFileSync(readmePath, 'utf8'), results));
	writeFileSync(projectReadmePath, withSummary(readFileSync(projectReadmePath, 'utf8'), results));
	writeFileSync(chartPath, chart(results));
}

if (import.meta.main) writeReadme(readResults(process.argv[2] ?? latestPath));
