/** A column of a table: to the left for words, to the right for numbers. */
export interface Column {
	readonly head: string;
	readonly align: 'left' | 'right';
	/** Gives way first when the table is too wide: it may be cut down to so many columns. */
	readonly shrinkTo?: number;
}

const gap = 2;

/** Cuts a text to so many columns; what was cut shows. */
export function cutText(text: string, columns: number): string {
	return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** The lines of a table, its head first, none wider than `width`. */
export function tableLines(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	width: number,
): string[] {
	const widths = columns.map(({ head }, place) =>
		Math.max(head.length, ...rows.map((row) => row[place].length)),
	);
	let over = widths.reduce((sum, each) => sum + each + gap, -gap) - width;
	// What may shrink does so in order, the last first.
	for (let place = columns.length - 1; place >= 0 && over > 0; place--) {
		const { shrinkTo } = columns[place];
		if (shrinkTo === undefined) continue;
		const less = Math.min(over, Math.max(0, widths[place] - shrinkTo));
		widths[place] -= less;
		over -= less;
	}
	const line = (cells: readonly string[]): string => {
		const padded = cells.map((cell, place) => {
			const text = cutText(cell, widths[place]);
			return columns[place].align === 'left' ? text.padEnd(widths[place]) : text.padStart(widths[place]);
		});
		return cutText(padded.join(' '.repeat(gap)).trimEnd(), width);
	};
	return [line(columns.map(({ head }) => head)), ...rows.map(line)];
}
