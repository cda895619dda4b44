import { type Notes, quoted } from '../../workload/read/notes.ts';

/** A column by its number, from 1 on, or by its name in the header, whatever its case. */
export type CsvColumn = number | string;

/** Without an id, or a time and a size, columns are looked for that are called as usual. */
export interface CsvColumns {
	readonly id?: CsvColumn | undefined;
	readonly time?: CsvColumn | undefined;
	readonly size?: CsvColumn | undefined;
}

/** Places of columns in a line, from 0 on; -1: there is no such column. */
export interface CsvLayout {
	readonly hasHeader: boolean;
	readonly id: number;
	readonly time: number;
	readonly size: number;
}

const usualNames = {
	id: ['id', 'obj_id', 'object_id', 'objid', 'key', 'lbn', 'block'],
	time: ['time', 'timestamp', 'time_sec', 'ts'],
	size: ['size', 'obj_size', 'object_size', 'objsize', 'bytes'],
} as const;

type Role = keyof typeof usualNames;

const byteOrderMark = '\ufeff';

/**
 * Finds out where the columns are.
 *
 * @param first the fields of the first line, which is a header if a column is called by its name, or none is called at all,
 * or there is no number where a time or a size should be
 * @param isHeader by default that is found out
 */
export function findColumns(
	first: readonly string[],
	columns: CsvColumns,
	isHeader: boolean | undefined,
	notes: Notes,
): CsvLayout {
	const given = { id: numbered(columns.id), time: numbered(columns.time), size: numbered(columns.size) };
	const needsHeader =
		given.id === undefined || Object.values(given).some((column) => typeof column === 'string');
	if (needsHeader && isHeader === false) {
		notes.fail('without a header columns are called by their numbers, that of the id at least');
	}
	const hasHeader = needsHeader || (isHeader ?? looksLikeHeader(first, [given.time, given.size]));
	const names = hasHeader ? first.map((name) => name.replace(byteOrderMark, '').trim().toLowerCase()) : [];
	const find = (role: Role): number => {
		const column = given[role];
		return column === undefined ? findUsual(role, names) : place(column, role, names, first, notes);
	};
	const layout = { hasHeader, id: find('id'), time: find('time'), size: find('size') };
	if (layout.id < 0) {
		notes.fail(`no column is called ${usualNames.id.join(', ')}; say which is the id, of ${listed(first)}`);
	}
	return layout;
}

/** A number may come as text from a command line. */
function numbered(column: CsvColumn | undefined): CsvColumn | undefined {
	return typeof column === 'string' && /^\d+$/.test(column) ? Number(column) : column;
}

function looksLikeHeader(first: readonly string[], columns: readonly (CsvColumn | undefined)[]): boolean {
	return columns.some(
		(column) => typeof column === 'number' && Number.isNaN(Number(first[column - 1] || 'none')),
	);
}

function findUsual(role: Role, names: readonly string[]): number {
	const usual = usualNames[role].find((name) => names.includes(name));
	return usual === undefined ? -1 : names.indexOf(usual);
}

function place(
	column: CsvColumn,
	role: Role,
	names: readonly string[],
	first: readonly string[],
	notes: Notes,
): number {
	const found = typeof column === 'number' ? column - 1 : names.indexOf(column.trim().toLowerCase());
	if (Number.isInteger(found) && found >= 0 && found < first.length) return found;
	return notes.fail(
		`there is no column ${JSON.stringify(column)} for the ${role}; there are ${first.length}: ${listed(first)}`,
	);
}

function listed(first: readonly string[]): string {
	return quoted(first.join(', '));
}
