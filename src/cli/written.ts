/** Finds in a server block as written what its settings came from. */
import type { SourcePosition } from '../config/model.ts';
import type { SourceBlock, Statement } from '../config/syntax.ts';

export function directivesOf(block: SourceBlock, name: string): readonly Statement[] {
	return block.statements.filter((statement) => statement.name.text === name);
}

/** The option of a directive that holds: the last of its name. */
export function optionOf(directive: Statement | undefined, name: string): Statement | undefined {
	return directive?.block?.findLast((option) => option.name.text === name);
}

/** The statement that a `forward` of the model was written as. */
export function statementAt(block: SourceBlock, at: SourcePosition): Statement | undefined {
	return block.statements.find(
		({ name }) => name.at.line === at.line && name.at.column === at.column && name.at.file === at.file,
	);
}

/** The words of a statement, without its block. */
export function wordsOf({ name, args }: Statement): string {
	return [name, ...args].map(({ text, quoted }) => (quoted ? JSON.stringify(text) : text)).join(' ');
}
