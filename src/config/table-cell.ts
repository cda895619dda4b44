/** Text for a cell of a table in Markdown. */
export function tableCell(text: string): string {
	return text.replaceAll('|', '\\|');
}
