/** A column of numbers: its head, which may have several lines, and a cell for each row. */
export interface Column {
	readonly head: readonly string[];
	readonly cells: readonly string[];
}

const gap = 2;

/** Lines of a table with names down and columns across; several tables where they do not fit beside each other. */
export function tableLines(names: readonly string[], columns: readonly Column[], width: number): string[][] {
	const nameWidth = Math.max(...names.map(({ length }) => length));
	const heads = Math.max(...columns.map(({ head }) => head.length));
	return blocksOf(columns, width - nameWidth).map((block) => {
		const line = (name: string, cell: (column: Column) => string): string => {
			const cells = block.map((column) => ' '.repeat(gap) + cell(column).padStart(widthOf(column)));
			return (name.padEnd(nameWidth) + cells.join('')).trimEnd();
		};
		return [
			...Array.from({ length: heads }, (_, i) => line('', ({ head }) => head[i] ?? '')),
			...names.map((name, row) => line(name, ({ cells }) => cells[row])),
		];
	});
}

function widthOf({ head, cells }: Column): number {
	return Math.max(...head.map(({ length }) => length), ...cells.map(({ length }) => length));
}

function blocksOf(columns: readonly Column[], width: number): Column[][] {
	const blocks: Column[][] = [];
	let used = Number.POSITIVE_INFINITY;
	for (const column of columns) {
		const needed = gap + widthOf(column);
		if (used + needed > width) {
			blocks.push([]);
			used = 0;
		}
		blocks[blocks.length - 1].push(column);
		used += needed;
	}
	return blocks;
}
