/**
 * Goal: the layers of `src/` stay what the table below says. Method: every import of every file (static, type-only,
 * dynamic, and files named to a worker by `new URL`) is held against the table; the engine's code is searched for
 * whatever would tie it to sockets, timers or a clock.
 */
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { blankOut, lineAt, type SourceFile, sourceFiles } from './source.ts';

/** Who may import whom, apart from itself. "config:types" allows `import type` only, "load/upstream" that folder. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	util: [],
	wire: ['util'],
	cache: ['util', 'wire', 'metrics/hot'],
	rewrite: ['util', 'wire', 'metrics/hot', 'config:types'],
	forward: ['util', 'wire', 'cache', 'metrics/hot'],
	'metrics/hot': ['util'],
	'metrics/registry': ['util', 'metrics/hot'],
	config: ['util', 'wire'],
	engine: ['util', 'wire', 'cache', 'forward', 'rewrite', 'metrics/hot', 'config:types'],
	net: ['util', 'metrics/hot'],
	server: [
		'util',
		'wire',
		'cache',
		'forward',
		'rewrite',
		'metrics/hot',
		'metrics/registry',
		'config',
		'engine',
		'net',
		'load/upstream',
	],
	workload: ['util', 'wire'],
	page: ['util'],
	load: ['util', 'wire', 'metrics/hot', 'net', 'workload', 'page'],
	lab: ['util', 'wire', 'cache', 'metrics/hot', 'workload', 'page'],
};

interface Import {
	readonly line: number;
	readonly specifier: string;
	readonly typeOnly: boolean;
}

const staticImport = /\b(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\sfrom\s*)?(['"])([^'"]+)\2/g;
const dynamicImport = /\bimport\s*\(\s*(['"])([^'"]+)\1/g;
/** A file beside this one, wherever it is named: `new URL('./worker.ts', import.meta.url)`. */
const fileName = /(['"])(\.{1,2}\/[^'"]+\.[jt]s)\1/g;

function importsOf(text: string): Import[] {
	const code = blankOut(text, { keepStrings: true });
	const found = new Map<number, Import>();
	const add = (match: RegExpMatchArray, specifier: string, typeOnly: boolean): void => {
		const offset = (match.index ?? 0) + match[0].lastIndexOf(specifier);
		if (!found.has(offset)) found.set(offset, { line: lineAt(code, offset), specifier, typeOnly });
	};
	for (const match of code.matchAll(staticImport)) add(match, match[3], match[1] !== undefined);
	for (const match of code.matchAll(dynamicImport)) add(match, match[2], false);
	for (const match of code.matchAll(fileName)) add(match, match[2], false);
	return [...found.values()];
}

/** "metrics/hot" for src/metrics/hot/counters.ts, "cache" for src/cache/policy/sieve.ts. */
function layerOf(path: string): string {
	const [, first, second] = path.split('/');
	return first === 'metrics' ? `${first}/${second}` : first;
}

function violations({ path, text }: SourceFile): string[] {
	const layer = layerOf(path);
	if (layer === 'cli') return [];
	const allowed = mayImport[layer];
	if (!allowed) return [`${path}: ${layer} is no layer that the table knows`];
	return importsOf(text).flatMap(({ line, specifier, typeOnly }) => {
		if (!specifier.startsWith('.')) return [];
		const target = posix.join(posix.dirname(path), specifier);
		const to = layerOf(target);
		const folder = posix.dirname(target).split('/').slice(1).join('/');
		const fine =
			to === layer ||
			allowed.includes(to) ||
			(typeOnly && allowed.includes(`${to}:types`)) ||
			allowed.some((entry) => entry.includes('/') && `${folder}/`.startsWith(`${entry}/`));
		return fine ? [] : [`${path}:${line}: ${layer} must not import ${to}: ${specifier}`];
	});
}

test('every import follows the table of layers', () => {
	assert.deepEqual(sourceFiles().flatMap(violations), []);
});

test('the check finds what is forbidden, in every form of import', () => {
	const found = (path: string, text: string): number => violations({ path, text }).length;
	assert.equal(found('src/wire/a.ts', "import { b } from '../cache/b.ts';"), 1);
	assert.equal(found('src/wire/a.ts', "import type { b } from '../cache/b.ts';"), 1);
	assert.equal(found('src/wire/a.ts', "import {\n\tb,\n} from '../cache/b.ts';"), 1);
	assert.equal(found('src/wire/a.ts', "export * from '../cache/b.ts';"), 1);
	assert.equal(found('src/wire/a.ts', "import '../cache/b.ts';"), 1);
	assert.equal(found('src/wire/a.ts', "const b = await import('../cache/b.ts');"), 1);
	assert.equal(found('src/wire/a.ts', "new URL('../cache/b.ts', import.meta.url)"), 1);
	assert.equal(found('src/engine/a.ts', "import { b } from '../config/b.ts';"), 1);
	assert.equal(found('src/server/a.ts', "import { b } from '../load/b.ts';"), 1);
	assert.equal(found('src/metrics/hot/a.ts', "import { b } from '../registry/b.ts';"), 1);
	assert.equal(found('src/new-folder/a.ts', ''), 1);
});

test('the check lets pass what is allowed', () => {
	const found = (path: string, text: string): string[] => violations({ path, text });
	assert.deepEqual(found('src/engine/a.ts', "import type { b } from '../config/b.ts';"), []);
	assert.deepEqual(found('src/server/a.ts', "import { b } from '../load/upstream/b.ts';"), []);
	assert.deepEqual(found('src/cache/policy/a.ts', "import { b } from '../layout.ts';"), []);
	assert.deepEqual(found('src/wire/a.ts', "// import { b } from '../cache/b.ts';\nconst c = 1;"), []);
	assert.deepEqual(found('src/cli/a.ts', "import { b } from '../lab/b.ts';"), []);
});

test('prom-client is loaded by one file, which is loaded when a configuration asks for metrics', () => {
	const importers = (wanted: RegExp): string[] =>
		sourceFiles().flatMap(({ path, text }) =>
			[...blankOut(text, { keepStrings: true }).matchAll(staticImport)]
				.filter(([, typeOnly, , specifier]) => typeOnly === undefined && wanted.test(specifier))
				.map(() => path),
		);
	assert.deepEqual(importers(/^prom-client/), ['src/metrics/registry/exposition.ts']);
	assert.deepEqual(importers(/\/exposition\.ts$/), []);
});

const engineForbids =
	/\bnode:|\b(setTimeout|setInterval|setImmediate|queueMicrotask|Date|performance|process|require)\b|\bMath\.random\b/g;

test('the engine names no built-in module, no timer, no clock and no random source', () => {
	const lines = sourceFiles()
		.filter(({ path }) => layerOf(path) === 'engine')
		.flatMap(({ path, text }) => {
			const imports = importsOf(text).filter(({ specifier }) => specifier.startsWith('node:'));
			const code = blankOut(text, { keepStrings: false });
			const names = [...code.matchAll(engineForbids)].map((match) => lineAt(code, match.index));
			return [...imports.map(({ line }) => line), ...names].map(
				(line) => `${path}:${line}: ${text.split('\n')[line - 1].trim()}`,
			);
		});
	assert.deepEqual(lines, []);
});

test('only src/util reads a clock or a random source', () => {
	const forbidden =
		/\b(Date\.now|new Date|performance\.now|Math\.random|process\.hrtime|randomFillSync|randomBytes)\b/g;
	const lines = sourceFiles()
		.filter(({ path }) => layerOf(path) !== 'util')
		.flatMap(({ path, text }) => {
			const code = blankOut(text, { keepStrings: false });
			return [...code.matchAll(forbidden)].map(
				(match) => `${path}:${lineAt(code, match.index)}: ${match[0]}`,
			);
		});
	assert.deepEqual(lines, []);
});
