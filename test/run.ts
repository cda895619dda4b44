/**
 * Runs every test file (`npm test`), or those named, or those with `--only PATTERN` in their path, each in a process of
 * its own, and ends with the totals.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';

/** A file that takes longer hangs. */
const fileLimitMs = 600_000;

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
	options: { only: { type: 'string' }, concurrency: { type: 'string' } },
	allowPositionals: true,
});

const all = globSync('test/**/*.test.ts', { cwd: root }).sort();
const named = positionals.map((path) => relative(root, resolve(path)));
const { only } = values;
const files = (named.length > 0 ? named : all).filter((path) => only === undefined || path.includes(only));

if (files.length === 0) {
	process.stderr.write(`no test file under test/ has ${only ?? named.join(' ')} in its path\n`);
	process.exit(2);
}

const concurrency = Number(values.concurrency ?? availableParallelism());
let failedCount = 0;
const paths = files.map((path) => resolve(root, path));
const stream = run({ files: paths, concurrency, cwd: root, timeout: fileLimitMs });
stream.on('test:fail', (data) => {
	// A test that is expected to fail for now (`todo`) does not fail the run.
	if (data.todo === undefined || data.todo === false) failedCount++;
});
stream.on('end', () => {
	process.exitCode = failedCount > 0 ? 1 : 0;
});
stream.compose(spec).pipe(process.stdout);
