/** The Corefiles that people have (test/corefiles/), and what of them this petrel does not know yet. */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusedDirectives } from '../../src/config/directives/refused.ts';
import { type LoadResult, loadCorefile } from '../../src/config/load.ts';

export const corefileDirectory = join(import.meta.dirname, '../corefiles');

export const corefileNames: readonly string[] = globSync('*.Corefile', { cwd: corefileDirectory })
	.map((path) => basename(path, '.Corefile'))
	.sort();

export function corefilePath(name: string): string {
	return join(corefileDirectory, `${name}.Corefile`);
}

export function loadNamed(name: string): LoadResult {
	return loadCorefile({ path: corefilePath(name), env: {} });
}

/** Those that a node cache can never have: they make a server authoritative. */
const neverThere = new Set(['kubernetes']);

/** The directive that an error calls missing; undefined when it is about something else. */
export function missingDirective(message: string): string | undefined {
	const name = /^petrel does not have `(\w+)`/.exec(message)?.[1];
	return name !== undefined && refusedDirectives.has(name) && !neverThere.has(name) ? name : undefined;
}

/** The directives of a Corefile that are still to come. */
export function missingIn(name: string): string[] {
	const missing = loadNamed(name).errors.map(({ message }) => missingDirective(message));
	return [...new Set(missing.filter((directive) => directive !== undefined))].sort();
}
