import { plainText } from './quantity-text.ts';
import { sectionsOf } from './rows.ts';
import type { Summary } from './summary.ts';

const gap = 2;
const nameColumnsMax = 32;

/**
 * The table as lines, its head first: figures down, targets across. Where they do not fit beside each other, there are
 * several tables.
 */
export function tableLines(summaries: readonly Summary[], columns: number): string[][] {
	if (summaries.length === 0) return [];
	const sections = sectionsOf(summaries);
	const labelWidth = 2 + Math.max(...sections.flatMap(({ rows }) => rows.map(({ label }) => label.length)));
	const names = summaries.map(({ target }) => cut(plainText(target), nameColumnsMax));
	const widths = names.map((name, place) =>
		Math.max(name.length, ...sections.flatMap(({ rows }) => rows.map(({ cells }) => cells[place].length))),
	);
	return blocksOf(widths, columns - labelWidth).map((places) => {
		const line = (label: string, cells: readonly string[]): string =>
			label.padEnd(labelWidth) +
			places.map((place) => ' '.repeat(gap) + cells[place].padStart(widths[place])).join('');
		return [
			line('', names),
			...sections.flatMap(({ title, rows }) => [
				title,
				...rows.map(({ label, cells }) => line(`  ${label}`, cells)),
			]),
		];
	});
}

function cut(text: string, columns: number): string {
	return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

/** Places of the targets of each table. One that is too wide by itself stands alone. */
function blocksOf(widths: readonly number[], columns: number): number[][] {
	const blocks: number[][] = [];
	let used = Number.POSITIVE_INFINITY;
	for (const [place, width] of widths.entries()) {
		if (used + gap + width > columns) {
			blocks.push([]);
			used = 0;
		}
		blocks[blocks.length - 1].push(place);
		used += gap + width;
	}
	return blocks;
}
