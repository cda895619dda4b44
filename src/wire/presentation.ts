import { PetrelError } from '../util/errors.ts';
import { lowerCase, maxNameBytes } from './name.ts';

/**
 * Names as people write them (RFC 1035 §5.1) to octets and back. For the control path: it allocates, and bad text
 * throws a `PetrelError` that names it. record-text.ts does the same for whole records.
 *
 * Names are absolute with and without their last dot. Octets that a name cannot show are written `\DDD`, dots and
 * backslashes inside a label `\X`.
 */

const maxLabelBytes = 63;
const dot = 0x2e;
const backslash = 0x5c;

/** Refuses a text. */
export function fail(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

/** Reads the escape behind the backslash at `text[position]`. RFC 1035 §5.1: three digits, or one other character. */
export function readEscape(text: string, position: number): { octet: number; length: number } {
	const digits = /^\d{3}/.exec(text.slice(position + 1, position + 4));
	if (digits) {
		const octet = Number(digits[0]);
		if (octet > 255) fail(`"${text}": \\${digits[0]} is not an octet; \\DDD goes from \\000 to \\255`);
		return { octet, length: 4 };
	}
	const octet = text.charCodeAt(position + 1);
	if (Number.isNaN(octet)) fail(`"${text}": a backslash stands at the end; write \\\\ for a backslash`);
	if (/\d/.test(text[position + 1]))
		fail(`"${text}": an escape with digits needs three of them, as in \\046`);
	if (octet > 0x7e) fail(`"${text}": only ASCII characters can follow a backslash`);
	return { octet, length: 2 };
}

/** A name's uncompressed wire form, its case kept. Throws for empty or long labels, long names, non-ASCII text. */
export function nameToWire(text: string): Uint8Array {
	if (text === '.') return new Uint8Array(1);
	if (text === '') fail('a name is empty; the root is written "."');
	const octets: number[] = [0];
	let labelStart = 0;
	const endLabel = () => {
		const labelBytes = octets.length - labelStart - 1;
		if (labelBytes === 0) fail(`name "${text}" has an empty label; write one dot between two labels`);
		if (labelBytes > maxLabelBytes)
			fail(`name "${text}" has a label of ${labelBytes} octets; 63 are allowed`);
		octets[labelStart] = labelBytes;
		labelStart = octets.length;
		octets.push(0);
	};
	for (let position = 0; position < text.length; ) {
		const code = text.charCodeAt(position);
		if (code === backslash) {
			const escaped = readEscape(text, position);
			octets.push(escaped.octet);
			position += escaped.length;
			continue;
		}
		if (code > 0x7e || code < 0x21) {
			fail(
				`name "${text}" has the character ${JSON.stringify(text[position])}; write it \\DDD, or as an xn-- label`,
			);
		}
		if (code === dot) endLabel();
		else octets.push(code);
		position++;
	}
	if (octets.length - labelStart > 1) endLabel();
	if (octets.length > maxNameBytes) fail(`name "${text}" takes ${octets.length} octets; 255 are allowed`);
	return Uint8Array.from(octets);
}

/** As `nameToWire`, in lower case: the form of the names that are compared. */
export function nameToLowerCaseWire(text: string): Uint8Array {
	return nameToWire(text).map(lowerCase);
}

/** Characters that stand for themselves inside a label: printable ASCII without what master files give a meaning. */
const plain: readonly (string | undefined)[] = Array.from({ length: 256 }, (_, octet) => {
	const character = String.fromCharCode(octet);
	return octet > 0x20 && octet < 0x7f && !'.\\"();@$'.includes(character) ? character : undefined;
});

function labelCharacter(octet: number): string {
	const character = plain[octet];
	if (character !== undefined) return character;
	return octet > 0x20 && octet < 0x7f
		? `\\${String.fromCharCode(octet)}`
		: `\\${String(octet).padStart(3, '0')}`;
}

/** The text of the uncompressed name at `octets[start]`, its case kept, with its last dot. */
export function nameToText(octets: Uint8Array, start = 0): string {
	let text = '';
	let position = start;
	for (;;) {
		const labelBytes = octets[position];
		if (labelBytes === 0) break;
		const next = position + labelBytes + 1;
		if (labelBytes > maxLabelBytes || !(next < octets.length) || next - start >= maxNameBytes) {
			fail(`the octets at ${position} are not an uncompressed name of at most 255 octets`);
		}
		for (position++; position < next; position++) text += labelCharacter(octets[position]);
		text += '.';
	}
	return text === '' ? '.' : text;
}
