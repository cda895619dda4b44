const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Text for an element or an attribute in quotes. Control characters become blanks. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => entities[character]).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** JSON for the inside of a script element: without "<" nothing in it can end that or begin another. */
export function scriptJson(value: unknown): string {
	return JSON.stringify(value).replaceAll('<', '\\u003c');
}
