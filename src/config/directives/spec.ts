/**
 * What the table of directives is made of. An entry says everything about a directive once: the checks that are made, the
 * defaults that hold and the documentation that is printed come from the same fields.
 */
import type { Finding, ServerBlock } from '../model.ts';
import type { Report } from '../report.ts';
import type { Statement, Token } from '../syntax.ts';
import type { ArgumentSpec, Values } from './argument-spec.ts';
import { countText, readArguments } from './arguments.ts';

export type { ArgumentSpec, Values } from './argument-spec.ts';

export interface OptionSpec<Draft> {
	readonly name: string;
	/** What stands behind the name; generated from `args` unless given. */
	readonly syntax?: string;
	readonly args: readonly ArgumentSpec[];
	readonly text: string;
	/** What holds without the option. */
	readonly default?: string;
	/** What differs from CoreDNS 1.14. */
	readonly coredns?: string;
	/** May stand several times. */
	readonly repeats?: true;
	/** The option is known by what it begins with, not by its name. */
	readonly matches?: (word: string) => boolean;
	/** Accepted and without effect: why, as the end of a sentence. */
	readonly ignored?: string;
	/** What holds it to its words, where that is not among the directive's `tests`. */
	readonly tests?: readonly string[];
	apply(draft: Draft, values: Values, context: StatementContext): void;
}

export interface DirectiveSpec<Draft> {
	readonly name: string;
	readonly summary: string;
	readonly text: readonly string[];
	/** What stands behind the name; generated from `args` unless given. */
	readonly syntax?: string;
	readonly args: readonly ArgumentSpec[];
	readonly options: readonly OptionSpec<Draft>[];
	/** Options of CoreDNS that are refused, each with what to do. */
	readonly refusedOptions?: Readonly<Record<string, string>>;
	/** Options, actions and choices in any case of letters. */
	readonly anyCase?: true;
	readonly once?: true;
	/** What differs from CoreDNS 1.14, apart from what options say. */
	readonly coredns: readonly string[];
	/** Accepted and without effect: why, as the end of a sentence. */
	readonly ignored?: string;
	/** What holds it to its words: test files without `test/` and `.test.ts`, or `scenario/NAME`. */
	readonly tests: readonly string[];
	/** A whole Corefile that loads. */
	readonly example: string;
	/** A draft with the defaults and the arguments; `values` is empty when the arguments are wrong. */
	begin(values: Values, context: StatementContext): Draft;
	/** Puts the draft into the server block; only called when nothing was wrong. */
	end(draft: Draft, context: StatementContext): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A server block in the making. */
export type BlockDraft = Mutable<ServerBlock>;

export interface StatementContext {
	readonly statement: Statement;
	readonly block: BlockDraft;
	/** The zones of the block. */
	readonly zones: readonly string[];
	readonly report: Report;
	/** Where the block has this directive already. */
	readonly earlier: Finding['at'] | undefined;
}

/** An entry of the table, whatever its draft is. */
export interface Directive extends Omit<DirectiveSpec<never>, 'begin' | 'end' | 'options'> {
	readonly options: readonly Omit<OptionSpec<never>, 'apply'>[];
	/** Checks a statement and puts what it means into `context.block`. */
	read(context: StatementContext): void;
}

export function directive<Draft>(spec: DirectiveSpec<Draft>): Directive {
	return { ...spec, read: (context) => readDirective(spec, context) };
}

function readDirective<Draft>(spec: DirectiveSpec<Draft>, context: StatementContext): void {
	const { statement, report, earlier } = context;
	const { name, args, block } = statement;
	if (spec.once && earlier) {
		report.error(
			name.at,
			`\`${spec.name}\` stands twice in this server block`,
			`the first is in line ${earlier.line}: join them`,
		);
		return;
	}
	if (spec.ignored) warnIgnored(name, spec.ignored, report);
	const errorCountBefore = report.errorCount;
	const values = readArguments(name, args, spec, report, spec.anyCase);
	const draft = spec.begin(values, context);
	if (block && spec.options.length === 0 && block.length > 0) {
		report.error(block[0].name.at, `\`${spec.name}\` has no options`, 'remove the block');
	} else if (block) {
		readOptions(spec, draft, block, context);
	}
	if (report.errorCount === errorCountBefore) spec.end(draft, context);
}

function warnIgnored(name: Token, why: string, report: Report): void {
	report.warn(name.at, `\`${name.text}\` changes nothing: ${why}`, 'remove it');
}

function readOptions<Draft>(
	spec: DirectiveSpec<Draft>,
	draft: Draft,
	block: readonly Statement[],
	context: StatementContext,
): void {
	const { report } = context;
	const seen = new Set<string>();
	for (const line of block) {
		const option = findOption(spec, line, report);
		if (!option) continue;
		if (seen.has(option.name) && !option.repeats) {
			report.warn(line.name.at, `\`${option.name}\` stands twice: this one holds, not the one above`);
		}
		seen.add(option.name);
		if (option.ignored) warnIgnored(line.name, option.ignored, report);
		if (line.block) report.error(line.name.at, `\`${option.name}\` has no block`, 'remove its braces');
		const errorCountBefore = report.errorCount;
		const values = readArguments(line.name, line.args, option, report, spec.anyCase);
		if (report.errorCount === errorCountBefore) option.apply(draft, values, { ...context, statement: line });
	}
}

function findOption<Draft>(
	spec: DirectiveSpec<Draft>,
	line: Statement,
	report: Report,
): OptionSpec<Draft> | undefined {
	const { text, at } = line.name;
	const name = spec.anyCase ? text.toLowerCase() : text;
	const option =
		spec.options.find((candidate) => candidate.name === name && !candidate.matches) ??
		spec.options.find((candidate) => candidate.matches?.(text));
	if (option) return option;
	if (spec.refusedOptions && Object.hasOwn(spec.refusedOptions, name)) {
		report.error(
			at,
			`petrel does not have \`${spec.name} { ${name} }\` in this version`,
			spec.refusedOptions[name],
		);
		return undefined;
	}
	const names = spec.options.filter(({ matches }) => !matches).map((candidate) => candidate.name);
	report.error(at, `\`${spec.name}\` has no option \`${text}\``, countText.suggest(text, names));
	return undefined;
}
