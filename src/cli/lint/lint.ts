/**
 * What `petrel check` says beyond what loading a file finds: settings that are valid and surprise. Each rule is a function
 * over the model, the file as written and, unless the file is for elsewhere, this machine.
 */
import type { LoadResult } from '../../config/load.ts';
import type { Finding, Model, SourcePosition } from '../../config/model.ts';
import { sortFindings } from '../../config/report.ts';
import type { SourceBlock } from '../../config/syntax.ts';
import type { Interfaces } from '../../net/addresses.ts';
import { blockRules } from './block-rules.ts';
import { type FindingCode, findingCodes } from './codes.ts';
import { checkEndpoints } from './endpoint-rules.ts';
import { checkForwards } from './forward-rules.ts';
import { checkLoops } from './loop-rules.ts';

/** The machine that the file is for. */
export interface Place {
	readonly interfaces: Interfaces;
	/** Undefined when the file cannot be read. */
	readText(path: string): string | undefined;
}

export interface LintContext {
	readonly model: Model;
	readonly written: readonly SourceBlock[];
	/** Undefined when the file is for another machine. */
	readonly place: Place | undefined;
	/** Findings that loading gave already. */
	readonly known: readonly Finding[];
	found(code: FindingCode, at: SourcePosition, message: string, hint: string): void;
}

export interface Lints {
	readonly warnings: readonly Finding[];
	readonly notes: readonly Finding[];
}

/** Findings of a file that loads, in reading order; those of the loader are among the warnings. */
export function lint(loaded: LoadResult, place: Place | undefined): Lints {
	const { model, written, sources } = loaded;
	if (model === undefined) return { warnings: loaded.warnings, notes: [] };
	const findings = { warning: [...loaded.warnings], note: [] as Finding[] };
	const context: LintContext = {
		model,
		written,
		place,
		known: loaded.warnings,
		found(code, at, message, hint) {
			findings[findingCodes[code][0]].push({ at, message, hint, code });
		},
	};
	for (const rule of [...blockRules, checkForwards, checkLoops, checkEndpoints]) rule(context);
	const files = [...sources.keys()];
	return {
		warnings: sortFindings(findings.warning, files),
		notes: sortFindings(findings.note, files),
	};
}
