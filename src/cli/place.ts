import type { SourcePosition } from '../config/model.ts';

/** A line of a file, without a column. */
type Place = Pick<SourcePosition, 'file' | 'line'>;

export function placeText({ file, line }: Place): string {
	return `${file}:${line}`;
}

export function isSameLine(a: Place, b: Place): boolean {
	return a.file === b.file && a.line === b.line;
}
