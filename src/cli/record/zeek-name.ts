/** Names as Zeek's tables have them: labels with dots between, what cannot stand for itself as `\xHH`. */

const dot = '.'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);

const characters: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
	const isPlain = octet > 0x20 && octet < 0x7f && octet !== dot && octet !== backslash;
	return isPlain ? String.fromCharCode(octet) : escaped(octet);
});

function escaped(octet: number): string {
	return `\\x${octet.toString(16).padStart(2, '0')}`;
}

/** What means something else where a table has it as a whole value. */
const reserved: ReadonlySet<string> = new Set(['-', '(empty)']);

/** The text of a wire name, its case kept, without a last dot; "." for the root. */
export function zeekName(wire: Uint8Array): string {
	let text = '';
	for (let at = 0; wire[at] > 0; ) {
		const end = at + 1 + wire[at];
		if (at > 0) text += '.';
		for (at++; at < end; at++) text += characters[wire[at]];
	}
	if (text === '') return '.';
	return reserved.has(text) ? escaped(text.charCodeAt(0)) + text.slice(1) : text;
}
