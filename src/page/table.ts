import { escapeHtml } from './escape.ts';

/** @param heads HTML */
export function tableHtml(heads: readonly string[], body: readonly string[]): string {
	const cells = heads.map((head) => `<th scope="col">${head}</th>`).join('');
	return framed(`<tr>${cells}</tr>`, body);
}

/** Rows of HTML in a frame that scrolls where it is too narrow. */
export function framed(headRow: string, body: readonly string[]): string {
	return `<div class="scroll"><table><thead>${headRow}</thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

/** A row whose first cell is HTML, and whose others are text. */
export function rowHtml(head: string, cells: readonly string[]): string {
	return `<tr><th scope="row">${head}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}
