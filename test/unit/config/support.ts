import assert from 'node:assert/strict';
import { type LoadResult, loadCorefile } from '../../../src/config/load.ts';
import type { Finding, Model, ServerBlock } from '../../../src/config/model.ts';

export type Environment = Readonly<Record<string, string>>;

export function load(text: string, env: Environment = {}): LoadResult {
	return loadCorefile({ path: 'Corefile', text, env });
}

function describe(finding: Finding): string {
	return `${finding.at.line}:${finding.at.column} ${finding.message}`;
}

/** The model of a text that must have no errors. */
export function modelOf(text: string, env?: Environment): Model {
	const { model, errors } = load(text, env);
	assert.deepEqual(errors.map(describe), []);
	assert.ok(model);
	return model;
}

/** The only block of a Corefile whose one server block, for `.`, holds these lines. */
export function blockOf(lines: string): ServerBlock {
	return modelOf(`. {\n${lines}\n}\n`).blocks[0];
}

export interface ExpectedFinding {
	/** Line and column: `3:7`. */
	readonly at: string;
	readonly message: RegExp;
	readonly hint?: RegExp;
}

export function assertFinding(finding: Finding | undefined, expected: ExpectedFinding): void {
	assert.ok(finding, 'there is no finding');
	assert.match(finding.message, expected.message);
	assert.equal(`${finding.at.line}:${finding.at.column}`, expected.at, finding.message);
	if (expected.hint) assert.match(finding.hint ?? '', expected.hint);
}

/** A text that must have exactly this one error. */
export function assertError(text: string, expected: ExpectedFinding, env?: Environment): void {
	const { model, errors } = load(text, env);
	assert.equal(model, undefined);
	assert.equal(errors.length, 1, errors.map(describe).join('\n'));
	assertFinding(errors[0], expected);
}

/** A text without errors that must have exactly this one warning. */
export function assertWarning(text: string, expected: ExpectedFinding, env?: Environment): void {
	const { errors, warnings } = load(text, env);
	assert.deepEqual(errors.map(describe), []);
	assert.equal(warnings.length, 1, warnings.map(describe).join('\n'));
	assertFinding(warnings[0], expected);
}
