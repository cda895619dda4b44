/** Sets of characters in regular expressions: `[a-z]`, `\d`, and single characters. */

/** Code points, as pairs of a first and a last one, in any order. */
export type CharSet = readonly number[];

const codeMax = 0x10ffff;

export function hasCode(set: CharSet, code: number): boolean {
	for (let i = 0; i < set.length; i += 2) if (code >= set[i] && code <= set[i + 1]) return true;
	return false;
}

export function invert(set: CharSet): CharSet {
	const pairs: [number, number][] = [];
	for (let i = 0; i < set.length; i += 2) pairs.push([set[i], set[i + 1]]);
	pairs.sort((a, b) => a[0] - b[0]);
	const inverse: number[] = [];
	let next = 0;
	for (const [first, last] of pairs) {
		if (first > next) inverse.push(next, first - 1);
		next = Math.max(next, last + 1);
	}
	if (next <= codeMax) inverse.push(next, codeMax);
	return inverse;
}

/** With both cases of the ASCII letters in a set. */
export function foldCase(set: CharSet): CharSet {
	const folded = [...set];
	for (let i = 0; i < set.length; i += 2) {
		addShifted(folded, Math.max(set[i], 0x41), Math.min(set[i + 1], 0x5a), 0x20);
		addShifted(folded, Math.max(set[i], 0x61), Math.min(set[i + 1], 0x7a), -0x20);
	}
	return folded;
}

function addShifted(set: number[], first: number, last: number, by: number): void {
	if (first <= last) set.push(first + by, last + by);
}

function ranges(text: string): CharSet {
	return Array.from(text, (character) => character.charCodeAt(0));
}

const digits = ranges('09');
const word = ranges('09AZ__az');
const space = ranges('\t\n\f\r  ');

/** Perl's classes; in capitals they mean all others. */
const letters: Readonly<Record<string, CharSet | undefined>> = {
	d: digits,
	D: invert(digits),
	w: word,
	W: invert(word),
	s: space,
	S: invert(space),
};

const posix: Readonly<Record<string, CharSet | undefined>> = {
	alnum: ranges('09AZaz'),
	alpha: ranges('AZaz'),
	ascii: [0, 0x7f],
	blank: ranges('\t\t  '),
	cntrl: [0, 0x1f, 0x7f, 0x7f],
	digit: digits,
	graph: ranges('!~'),
	lower: ranges('az'),
	print: ranges(' ~'),
	punct: ranges('!/:@[`{~'),
	space: [9, 13, 32, 32],
	upper: ranges('AZ'),
	word,
	xdigit: ranges('09AFaf'),
};

const controls: Readonly<Record<string, number | undefined>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

export interface Escape {
	readonly set: CharSet;
	/** The character, if it is one. */
	readonly code: number | undefined;
	/** The place behind the escape. */
	readonly end: number;
}

/** The escape whose character behind the backslash is at `at`; a text says what is wrong with it. */
export function classEscape(text: string, at: number, anyCase: boolean): Escape | string {
	const letter = text[at];
	if (letter === undefined) return 'it ends in a backslash';
	const set = letters[letter];
	if (set !== undefined) return { set, code: undefined, end: at + 1 };
	const one = (code: number, end: number): Escape => ({
		set: anyCase ? foldCase([code, code]) : [code, code],
		code,
		end,
	});
	const control = controls[letter];
	if (control !== undefined) return one(control, at + 1);
	const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(text.slice(at, at + 10));
	if (hex) {
		const code = Number.parseInt(hex[1] ?? hex[2], 16);
		if (code > codeMax) return `\\${hex[0]} is no character`;
		return one(code, at + hex[0].length);
	}
	// One digit alone would be a backreference, which these expressions do not have.
	const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text.slice(at, at + 3));
	if (octal) return one(Number.parseInt(octal[0], 8), at + octal[0].length);
	if (/[!-/:-@[-`{-~ ]/.test(letter)) return one(letter.charCodeAt(0), at + 1);
	if (letter === 'p' || letter === 'P')
		return 'classes of Unicode (\\p) are not supported; write the characters';
	return `it does not know \`\\${letter}\``;
}

/** Reads a class, from behind its opening bracket. */
export class ClassReader {
	at: number;
	readonly #text: string;
	readonly #anyCase: boolean;

	constructor(text: string, at: number, anyCase: boolean) {
		this.#text = text;
		this.at = at;
		this.#anyCase = anyCase;
	}

	/** The set, or what is wrong. */
	read(): CharSet | string {
		const negated = this.#text[this.at] === '^';
		if (negated) this.at++;
		const set: number[] = [];
		for (let first = true; first || this.#text[this.at] !== ']'; first = false) {
			const problem = this.#item(set);
			if (problem !== undefined) return problem;
		}
		this.at++;
		const folded = this.#anyCase ? foldCase(set) : set;
		return negated ? invert(folded) : folded;
	}

	#item(set: number[]): string | undefined {
		const named = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.at, this.at + 16));
		if (named) {
			const members = posix[named[2]];
			if (members === undefined) return `there is no class \`${named[0]}\``;
			this.at += named[0].length;
			set.push(...(named[1] === '^' ? invert(members) : members));
			return undefined;
		}
		const low = this.#character();
		if (typeof low === 'string') return low;
		if (low.code === undefined) {
			set.push(...low.set);
			return undefined;
		}
		const isRange = this.#text[this.at] === '-' && (this.#text[this.at + 1] ?? ']') !== ']';
		if (!isRange) {
			set.push(low.code, low.code);
			return undefined;
		}
		this.at++;
		const high = this.#character();
		if (typeof high === 'string') return high;
		if (high.code === undefined || high.code < low.code) return 'a range in its brackets is upside down';
		set.push(low.code, high.code);
		return undefined;
	}

	#character(): Escape | string {
		const code = this.#text.codePointAt(this.at);
		if (code === undefined) return 'a `]` is missing';
		if (code === 0x5c) {
			const escaped = classEscape(this.#text, this.at + 1, false);
			if (typeof escaped !== 'string') this.at = escaped.end;
			return escaped;
		}
		this.at += code > 0xffff ? 2 : 1;
		return { set: [code, code], code, end: this.at };
	}
}
