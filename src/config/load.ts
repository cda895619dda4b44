import { readFileSync } from 'node:fs';
import { messageOf } from '../util/errors.ts';
import type { Finding, Model, ServerBlock } from './model.ts';
import { checkOverlap, checkTimeouts } from './overlap.ts';
import { parseCorefile } from './parser.ts';
import { Report, sortFindings } from './report.ts';
import { buildServerBlock } from './server-block.ts';
import type { SourceBlock } from './syntax.ts';
import type { Environment } from './tokenizer.ts';

const dnsPort = 53;

export interface LoadOptions {
	/** The name of the file in findings, and what relative imports start from. */
	readonly path: string;
	/** The text, if it is not to be read from `path`. */
	readonly text?: string;
	readonly env: Environment;
	/** The port of keys that name none; 53 unless given. */
	readonly defaultPort?: number;
}

export interface LoadResult {
	/** Deeply frozen; undefined when there are errors. */
	readonly model: Model | undefined;
	readonly errors: readonly Finding[];
	readonly warnings: readonly Finding[];
	/** The text of every file that was read, by its name in findings. */
	readonly sources: ReadonlyMap<string, string>;
	/** The server blocks as written, imports put in; where there is a model, place by place those of its blocks. */
	readonly written: readonly SourceBlock[];
}

/** Reads and checks a Corefile. Finds as many errors as it can in one run; never throws for what a file holds. */
export function loadCorefile(options: LoadOptions): LoadResult {
	const report = new Report();
	const text = options.text ?? readText(options.path, report);
	if (text === undefined) return finish([], report, new Map(), []);
	const { blocks, sources } = parseCorefile(text, options.path, options.env, report);
	if (blocks.length === 0 && report.errorCount === 0) {
		const at = { file: options.path, line: 1, column: 1 };
		report.error(
			at,
			'there is no server block in this file',
			'write for example `. {` `forward . 192.0.2.1` `}`',
		);
	}
	return buildModel(blocks, options.defaultPort ?? dnsPort, report, sources);
}

/** The model of server blocks that are parsed already. */
export function buildModel(
	sourceBlocks: readonly SourceBlock[],
	defaultPort: number,
	report: Report,
	sources: ReadonlyMap<string, string>,
): LoadResult {
	const blocks: ServerBlock[] = [];
	const sound: ServerBlock[] = [];
	for (const source of sourceBlocks) {
		const errorCountBefore = report.errorCount;
		const block = buildServerBlock(source, defaultPort, report);
		if (!block) continue;
		blocks.push(block);
		if (report.errorCount === errorCountBefore) sound.push(block);
	}
	// A block whose `bind` is wrong would seem to listen everywhere.
	checkOverlap(sound, report);
	checkTimeouts(sound, report);
	return finish(blocks, report, sources, sourceBlocks);
}

function finish(
	blocks: ServerBlock[],
	report: Report,
	sources: ReadonlyMap<string, string>,
	written: readonly SourceBlock[],
): LoadResult {
	const files = [...new Set([...sources.keys(), ...report.files])];
	const errors = sortFindings(report.errors, files);
	const warnings = sortFindings(report.warnings, files);
	const model = errors.length > 0 ? undefined : deepFreeze({ blocks, warnings, files });
	return { model, errors, warnings, sources, written };
}

function readText(path: string, report: Report): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (thrown) {
		const at = { file: path, line: 1, column: 1 };
		report.error(
			at,
			`the Corefile cannot be read: ${messageOf(thrown)}`,
			'check the path and its permissions',
		);
		return undefined;
	}
}

function deepFreeze<Value>(value: Value): Value {
	if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	for (const child of Object.values(value)) deepFreeze(child);
	return value;
}
