import { isIP } from 'node:net';
import { pillarHint } from './pillar.ts';

/** A name that is none: why, and what to do. */
export interface Fault {
	readonly message: string;
	readonly hint?: string;
}

/** RFC 1035 §2.3.4. */
const labelOctetsMax = 63;
const nameOctetsMax = 255;

/** The absolute, lower-case form of a zone's name ("Example.org" gives "example.org."), or what is wrong with it. */
export function normalizeZone(text: string): string | Fault {
	const pillar = pillarHint(text);
	if (pillar !== undefined) return { message: `\`${text}\` is not a zone`, hint: pillar };
	if (text === '') {
		return {
			message: 'an empty text is not a zone',
			hint: 'for all names write `.`; is a variable not set?',
		};
	}
	if (text === '.') return '.';
	const bad = /[^!#$%&'*+\-./0-9<=>?@A-Z^_`a-z|~]/u.exec(text)?.[0];
	if (bad !== undefined)
		return { message: `\`${text}\` is not a zone: it contains ${JSON.stringify(bad)}`, ...cure(bad) };
	const name = text.toLowerCase().replace(/\.$/, '');
	for (const label of name.split('.')) {
		if (label === '') return { message: `\`${text}\` is not a zone: it has an empty label` };
		if (label.length > labelOctetsMax) {
			return { message: `\`${text}\` is not a zone: a label has at most ${labelOctetsMax} octets` };
		}
	}
	if (name.length + 2 > nameOctetsMax) {
		return { message: `\`${text}\` is not a zone: a name has at most ${nameOctetsMax} octets` };
	}
	return `${name}.`;
}

function cure(character: string): { hint?: string } {
	if (character > '\u007f') return { hint: 'write international names in their ASCII form (xn--…)' };
	if (character === '\\') return { hint: 'escapes in the names of zones are not supported' };
	if (character === ' ')
		return { hint: 'it comes from quotes or a variable: write each zone as a word of its own' };
	if (character === ':') return { hint: 'a port is a number, for example `:53`' };
	if (character === '{') return { hint: 'a brace must be a word of its own' };
	return {};
}

/** Why a name that is allowed is hardly meant; undefined when nothing is odd. */
export function oddZone(text: string): Fault | undefined {
	if (text.startsWith('*.')) {
		return {
			message: `\`${text}\` means names that end in a literal *`,
			hint: `a zone includes all names below it: write \`${text.slice(2)}\``,
		};
	}
	if (isIP(text) !== 0) {
		return {
			message: `\`${text}\` is taken as a name, not as an address`,
			hint: `for its reverse zone write \`${text}/${isIP(text) === 4 ? 32 : 128}\``,
		};
	}
	return undefined;
}

/** Whether `name` is `zone` or below it; both in normal form. */
export function isInZone(name: string, zone: string): boolean {
	return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}
