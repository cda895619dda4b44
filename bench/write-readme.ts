/**
 * Writes the tables of `bench/README.md` and its chart anew from kept results.
 *
 *     node bench/write-readme.ts [FILE]        bench/results/latest.json if not said
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './report/chart.ts';
import { latestPath, type Results, readResults } from './report/results.ts';
import { reportText } from './report/tables.ts';

export const readmePath = join(import.meta.dirname, 'README.md');
export const chartPath = join(import.meta.dirname, 'results/latest.svg');
const [begin, end] = ['<!-- written from the results: begin -->', '<!-- end -->'];

/** The README with what stands between its markers replaced. */
export function withReport(readme: string, results: Results): string {
	const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`bench/README.md lacks ${begin} or ${end}`);
	return `${readme.slice(0, from)}${begin}\n\n${reportText(results)}\n\n${readme.slice(to)}`;
}

export function writeReadme(results: Results): void {
	writeFileSync(readmePath, withReport(readFileSync(readmePath, 'utf8'), results));
	writeFileSync(chartPath, chart(results));
}

if (import.meta.main) writeReadme(readResults(process.argv[2] ?? latestPath));
