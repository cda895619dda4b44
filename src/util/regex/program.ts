import type { CharSet } from './char-set.ts';
import { type Assertion, type Node, RegexError, type Tree } from './syntax.ts';

/** A search takes so many steps a character at most; `(a{1000}){1000}` is refused, as Go does. */
const instructionsMax = 2000;

export const op = { char: 0, split: 1, jump: 2, save: 3, assert: 4, match: 5 } as const;

/**
 * What a pattern is searched by, an instruction at a place:
 *
 *   char x      the next character is of set x
 *   split x y   try x, then y
 *   jump x
 *   save x      the position goes to slot x: two slots a group
 *   assert x    the position is as `assertionNumbers` says
 *   match
 */
export interface Program {
	readonly op: number[];
	readonly x: number[];
	readonly y: number[];
	readonly sets: CharSet[];
}

export const assertionNumbers: Readonly<Record<Assertion, number>> = {
	begin: 0,
	end: 1,
	'line-begin': 2,
	'line-end': 3,
	word: 4,
	'not-word': 5,
};

export function compile({ node }: Tree): Program {
	const program: Program = { op: [], x: [], y: [], sets: [] };
	write(program, node);
	emit(program, op.match);
	return program;
}

function emit(program: Program, code: number, x = 0, y = 0): number {
	if (program.op.length >= instructionsMax) {
		throw new RegexError(`it is too large: it takes more than ${instructionsMax} instructions`);
	}
	program.op.push(code);
	program.x.push(x);
	program.y.push(y);
	return program.op.length - 1;
}

function write(program: Program, node: Node): void {
	switch (node.kind) {
		case 'empty':
			return;
		case 'char':
			emit(program, op.char, program.sets.push(node.set) - 1);
			return;
		case 'assert':
			emit(program, op.assert, assertionNumbers[node.what]);
			return;
		case 'group':
			emit(program, op.save, 2 * node.index);
			write(program, node.node);
			emit(program, op.save, 2 * node.index + 1);
			return;
		case 'all':
			for (const each of node.nodes) write(program, each);
			return;
		case 'any':
			writeAlternatives(program, node.nodes);
			return;
		case 'repeat':
			for (let i = 0; i < node.min; i++) write(program, node.node);
			if (node.max === Number.POSITIVE_INFINITY) writeLoop(program, node.node, node.greedy);
			else writeOptional(program, node.node, node.max - node.min, node.greedy);
	}
}

function writeAlternatives(program: Program, nodes: readonly Node[]): void {
	const jumps: number[] = [];
	for (const [i, node] of nodes.entries()) {
		const isLast = i === nodes.length - 1;
		const split = isLast ? -1 : emit(program, op.split);
		if (split >= 0) program.x[split] = program.op.length;
		write(program, node);
		if (!isLast) jumps.push(emit(program, op.jump));
		if (split >= 0) program.y[split] = program.op.length;
	}
	for (const jump of jumps) program.x[jump] = program.op.length;
}

function writeLoop(program: Program, node: Node, greedy: boolean): void {
	const split = emit(program, op.split);
	write(program, node);
	emit(program, op.jump, split);
	branch(program, split, split + 1, program.op.length, greedy);
}

function writeOptional(program: Program, node: Node, times: number, greedy: boolean): void {
	const splits: number[] = [];
	for (let i = 0; i < times; i++) {
		splits.push(emit(program, op.split));
		write(program, node);
	}
	for (const split of splits) branch(program, split, split + 1, program.op.length, greedy);
}

function branch(program: Program, split: number, into: number, past: number, greedy: boolean): void {
	program.x[split] = greedy ? into : past;
	program.y[split] = greedy ? past : into;
}
