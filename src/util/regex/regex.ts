import { hasCode } from './char-set.ts';
import { compile, op, type Program } from './program.ts';
import { parseRegex } from './syntax.ts';

export { RegexError } from './syntax.ts';

/** As in CoreDNS. */
export const patternLengthMax = 10_000;

/**
 * A regular expression of a Corefile, in Go's syntax and with Go's meaning: the leftmost match, of these the one that
 * a backtracking search would find first. JavaScript's own search takes exponential time for some patterns; this one
 * goes over the text once, with all the places of the program that could be reached so far, however it is written. (R. Pike's
 * way; see https://swtch.com/~rsc/regexp/regexp2.html.)
 *
 * A search never takes more steps than the text has characters times the program has instructions.
 */
export class Regex {
	/** Groups in parentheses. */
	readonly groups: number;
	readonly #program: Program;
	readonly #slots: number;
	#now: Threads;
	#next: Threads;

	/** Throws a `RegexError` that says what is wrong with the pattern. */
	constructor(pattern: string) {
		const tree = parseRegex(pattern);
		this.groups = tree.groups;
		this.#program = compile(tree);
		this.#slots = 2 * (tree.groups + 1);
		this.#now = new Threads(this.#program, this.#slots);
		this.#next = new Threads(this.#program, this.#slots);
	}

	/** The whole match and its groups, an empty text for those that took no part; undefined: there is none. */
	match(text: string): string[] | undefined {
		const found = new Int32Array(this.#slots).fill(-1);
		const start = new Int32Array(this.#slots).fill(-1);
		let matched = false;
		this.#now.clear();
		for (let at = 0; ; at++) {
			if (!matched) {
				start[0] = at;
				this.#now.add(0, text, at, start);
			}
			if (this.#now.count === 0 && matched) break;
			if (this.#step(text, at, found)) matched = true;
			[this.#now, this.#next] = [this.#next, this.#now];
			this.#next.clear();
			if (at >= text.length) break;
		}
		if (!matched) return undefined;
		const groups: string[] = [];
		for (let slot = 0; slot < this.#slots; slot += 2) {
			groups.push(found[slot + 1] < 0 ? '' : text.slice(found[slot], found[slot + 1]));
		}
		return groups;
	}

	/** Moves every thread over the character at `at`. True: one has matched, and those behind it are dropped. */
	#step(text: string, at: number, found: Int32Array): boolean {
		const program = this.#program;
		const code = at < text.length ? text.charCodeAt(at) : -1;
		const { order, count } = this.#now;
		for (let i = 0; i < count; i++) {
			const place = order[i];
			if (program.op[place] === op.match) {
				found.set(this.#now.slotsOf(place));
				found[1] = at;
				return true;
			}
			const set = program.sets[program.x[place]];
			if (code >= 0 && hasCode(set, code)) {
				this.#next.add(place + 1, text, at + 1, this.#now.slotsOf(place));
			}
		}
		return false;
	}

	test(text: string): boolean {
		return this.match(text) !== undefined;
	}
}

/** The places of a program that a search has reached, those that a backtracking search would try first in front. */
class Threads {
	count = 0;
	readonly order: Int32Array;
	readonly #program: Program;
	readonly #seen: Int32Array;
	readonly #captures: Int32Array;
	readonly #slots: number;
	#generation = 1;

	constructor(program: Program, slots: number) {
		const length = program.op.length;
		this.#program = program;
		this.#slots = slots;
		this.order = new Int32Array(length);
		this.#seen = new Int32Array(length);
		this.#captures = new Int32Array(length * slots);
	}

	clear(): void {
		this.count = 0;
		this.#generation++;
	}

	slotsOf(place: number): Int32Array {
		return this.#captures.subarray(place * this.#slots, (place + 1) * this.#slots);
	}

	/** Follows a program from `place` to where it needs a character. @param slots changed on the way, and changed back */
	add(place: number, text: string, at: number, slots: Int32Array): void {
		const { op: ops, x, y } = this.#program;
		for (;;) {
			if (this.#seen[place] === this.#generation) return;
			this.#seen[place] = this.#generation;
			switch (ops[place]) {
				case op.jump:
					place = x[place];
					continue;
				case op.split:
					this.add(x[place], text, at, slots);
					place = y[place];
					continue;
				case op.save: {
					const slot = x[place];
					const before = slots[slot];
					slots[slot] = at;
					this.add(place + 1, text, at, slots);
					slots[slot] = before;
					return;
				}
				case op.assert:
					if (!holds(x[place], text, at)) return;
					place++;
					continue;
				default:
					this.slotsOf(place).set(slots);
					this.order[this.count++] = place;
					return;
			}
		}
	}
}

function holds(what: number, text: string, at: number): boolean {
	switch (what) {
		case 0:
			return at === 0;
		case 1:
			return at === text.length;
		case 2:
			return at === 0 || text[at - 1] === '\n';
		case 3:
			return at === text.length || text[at] === '\n';
		default: {
			const atEdge = isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
			return atEdge === (what === 4);
		}
	}
}

function isWord(code: number): boolean {
	return (
		(code >= 0x30 && code <= 0x39) ||
		(code >= 0x41 && code <= 0x5a) ||
		code === 0x5f ||
		(code >= 0x61 && code <= 0x7a)
	);
}
