/**
 * The regular expressions of Corefiles: Go's syntax (RE2), read into a tree. What Go refuses is refused here as well, so
 * are Unicode classes (`\pL`), which no name of the DNS needs.
 */
import { type CharSet, ClassReader, classEscape, foldCase, invert } from './char-set.ts';

/** Go repeats nothing more often. */
const repeatMax = 1000;
const nestingMax = 200;

export type Assertion = 'begin' | 'end' | 'line-begin' | 'line-end' | 'word' | 'not-word';

export type Node =
	| { readonly kind: 'empty' }
	| { readonly kind: 'char'; readonly set: CharSet }
	| { readonly kind: 'assert'; readonly what: Assertion }
	/** Group `index`, from 1. */
	| { readonly kind: 'group'; readonly index: number; readonly node: Node }
	| { readonly kind: 'all'; readonly nodes: readonly Node[] }
	| { readonly kind: 'any'; readonly nodes: readonly Node[] }
	| {
			readonly kind: 'repeat';
			readonly node: Node;
			readonly min: number;
			readonly max: number;
			readonly greedy: boolean;
	  };

/** Why a pattern cannot be used, as the end of a sentence. */
export class RegexError extends Error {}

export interface Tree {
	readonly node: Node;
	readonly groups: number;
}

export function parseRegex(pattern: string): Tree {
	const parser = new Parser(pattern);
	return { node: parser.parse(), groups: parser.groups };
}

interface Flags {
	readonly i: boolean;
	readonly m: boolean;
	readonly s: boolean;
	readonly U: boolean;
}

class Parser {
	groups = 0;
	readonly #text: string;
	#at = 0;
	#flags: Flags = { i: false, m: false, s: false, U: false };
	#depth = 0;

	constructor(text: string) {
		this.#text = text;
	}

	parse(): Node {
		const node = this.#alternatives();
		if (this.#at < this.#text.length) throw new RegexError('it has a `)` too many');
		return node;
	}

	/** Up to the end or a closing parenthesis; flags set in it end with it. */
	#alternatives(): Node {
		const flags = this.#flags;
		if (++this.#depth > nestingMax) throw new RegexError('its groups are nested too deep');
		const nodes = [this.#sequence()];
		while (this.#take('|')) nodes.push(this.#sequence());
		this.#depth--;
		this.#flags = flags;
		return nodes.length === 1 ? nodes[0] : { kind: 'any', nodes };
	}

	#sequence(): Node {
		const nodes: Node[] = [];
		while (this.#at < this.#text.length && !this.#sees('|') && !this.#sees(')')) {
			if (this.#take('\\Q')) {
				nodes.push(...this.#literal());
				continue;
			}
			const atom = this.#atom();
			if (atom !== undefined) nodes.push(this.#repeated(atom));
		}
		return nodes.length === 1 ? nodes[0] : { kind: 'all', nodes };
	}

	/** Behind `\Q`, up to `\E` or the end; what repeats stands behind its last character. */
	#literal(): Node[] {
		const end = this.#text.indexOf('\\E', this.#at);
		const literal = end < 0 ? this.#text.slice(this.#at) : this.#text.slice(this.#at, end);
		this.#at = end < 0 ? this.#text.length : end + 2;
		const nodes = [...literal].map((character) => this.#char(character.codePointAt(0)!));
		const last = nodes.pop();
		return last === undefined ? [] : [...nodes, this.#repeated(last)];
	}

	/** Undefined where only flags are set. */
	#atom(): Node | undefined {
		const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
		if ('*+?'.includes(character)) throw new RegexError(`nothing stands before its \`${character}\``);
		if (character === '{' && this.#counts() !== undefined) {
			throw new RegexError('nothing stands before its `{`');
		}
		this.#at += character.length;
		switch (character) {
			case '(':
				return this.#group();
			case '[':
				return { kind: 'char', set: this.#class() };
			case '.':
				return { kind: 'char', set: this.#flags.s ? invert([]) : invert([10, 10]) };
			case '^':
				return { kind: 'assert', what: this.#flags.m ? 'line-begin' : 'begin' };
			case '$':
				return { kind: 'assert', what: this.#flags.m ? 'line-end' : 'end' };
			case '\\':
				return this.#escape();
			default:
				return this.#char(character.codePointAt(0)!);
		}
	}

	#char(code: number): Node {
		return { kind: 'char', set: this.#flags.i ? foldCase([code, code]) : [code, code] };
	}

	#group(): Node | undefined {
		let index = 0;
		if (this.#sees('?')) {
			const named = /^\?P?<(\w+)>/.exec(this.#text.slice(this.#at));
			if (!named) return this.#flagGroup();
			this.#at += named[0].length;
		}
		index = ++this.groups;
		return { kind: 'group', index, node: this.#closed() };
	}

	#closed(): Node {
		const node = this.#alternatives();
		if (!this.#take(')')) throw new RegexError('a `)` is missing');
		return node;
	}

	/** `(?i)` for the rest of the group, `(?i:…)` for itself, `(?:…)`. */
	#flagGroup(): Node | undefined {
		const found = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#text.slice(this.#at));
		if (!found) {
			const start = this.#text.slice(this.#at - 1, this.#at + 3);
			throw new RegexError(`Go's regular expressions do not have \`${start}\``);
		}
		const [whole, on, off = '', end] = found;
		if (end === ')' && on + off === '') throw new RegexError('it has an empty group of flags');
		this.#at += whole.length;
		const before = this.#flags;
		const flags = { ...before };
		for (const flag of on) flags[flag as keyof Flags] = true;
		for (const flag of off) flags[flag as keyof Flags] = false;
		this.#flags = flags;
		if (end === ')') return undefined;
		const node = this.#closed();
		this.#flags = before;
		return node;
	}

	#class(): CharSet {
		const reader = new ClassReader(this.#text, this.#at, this.#flags.i);
		const set = reader.read();
		if (typeof set === 'string') throw new RegexError(set);
		this.#at = reader.at;
		return set;
	}

	#escape(): Node {
		const letter = this.#text[this.#at];
		const assertion = assertions[letter];
		if (assertion !== undefined) {
			this.#at++;
			return { kind: 'assert', what: assertion };
		}
		const escaped = classEscape(this.#text, this.#at, this.#flags.i);
		if (typeof escaped === 'string') throw new RegexError(escaped);
		this.#at = escaped.end;
		return { kind: 'char', set: escaped.set };
	}

	#repeated(atom: Node): Node {
		let node = atom;
		for (let times = 0; ; times++) {
			const bounds = this.#bounds();
			if (bounds === undefined) return node;
			if (times > 0) throw new RegexError('it repeats what is repeated already; write a group around that');
			const greedy = !this.#take('?') !== this.#flags.U;
			node = { kind: 'repeat', node, min: bounds[0], max: bounds[1], greedy };
		}
	}

	#bounds(): readonly [number, number] | undefined {
		if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
		if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
		if (this.#take('?')) return [0, 1];
		const counts = this.#counts();
		if (counts === undefined) return undefined;
		const { min, max, length } = counts;
		const most = Number.isFinite(max) ? max : min;
		if (min > repeatMax || most > repeatMax || min > max) {
			throw new RegexError(
				`${this.#text.slice(this.#at, this.#at + length)} is out of bounds: 0 to ${repeatMax}`,
			);
		}
		this.#at += length;
		return [min, max];
	}

	/** `{2}`, `{2,}`, `{2,3}`; anything else in braces is itself. */
	#counts(): { min: number; max: number; length: number } | undefined {
		const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.#text.slice(this.#at, this.#at + 24));
		if (!found || (found[2] === '' && found[3] !== '')) return undefined;
		const min = Number(found[1]);
		const max = found[2] === '' ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
		return { min, max, length: found[0].length };
	}

	#sees(text: string): boolean {
		return this.#text.startsWith(text, this.#at);
	}

	#take(text: string): boolean {
		if (!this.#sees(text)) return false;
		this.#at += text.length;
		return true;
	}
}

const assertions: Readonly<Record<string, Assertion | undefined>> = {
	A: 'begin',
	z: 'end',
	b: 'word',
	B: 'not-word',
};
