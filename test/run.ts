/**
 * Runs every test file (`npm test`), or those named, or those with `--only PATTERN` in their path, each in a process of
 * its own, and ends with the totals.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { chooseTransport } from '../src/net/open-transport.ts';

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

/**
 * What goes over petrel's own sockets runs twice where the native addon is there, the second time over node:dgram, unless
 * PETREL_TRANSPORT says over which. (`test/unit/net/` has each transport in a file of its own.) What only the main thread
 * does, HTTP, logs, the control socket, commands, is the same over both and runs once.
 */
const overSockets = /^test\/(integration\/|unit\/server\/|unit\/cli\/serve)/;
const onMainThread =
	/^test\/(integration\/(control|coredns-|corefiles|dashboards|.*-bench|metrics|probes|query-log|hosts|load-command|load-once|policies-|record-loop|search-list|size-estimate|upstream-command|.*-document)|unit\/server\/control\/)/;
const passes: { transport: string | undefined; files: string[] }[] = [{ transport: undefined, files }];
if (process.env.PETREL_TRANSPORT === undefined) {
	const { name, reason } = chooseTransport('auto');
	const again = files.filter((path) => overSockets.test(path) && !onMainThread.test(path));
	if (name === 'native' && again.length > 0) passes.push({ transport: 'dgram', files: again });
	const text = name === 'native' ? 'the native transport, then node:dgram' : `node:dgram only: ${reason}`;
	process.stdout.write(`transports: ${text}\n`);
}

// Each file is a process, which would compile the same modules as the one before.
process.env.NODE_COMPILE_CACHE ??= resolve(root, 'node_modules/.cache/node-compile');

const concurrency = Number(values.concurrency ?? availableParallelism());
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Told again at the very end, where a reader of a long log looks first. */
const failures: string[] = [];
for (const { transport, files: paths } of passes) {
	if (transport !== undefined) {
		process.env.PETREL_TRANSPORT = transport;
		process.stdout.write(`\nonce more with PETREL_TRANSPORT=${transport}\n`);
	}
	await runFiles(paths.map((path) => resolve(root, path)));
}
for (const failure of failures) process.stdout.write(`✖ ${failure}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exitCode = totals.failed > 0 ? 1 : 0;

async function runFiles(paths: string[]): Promise<void> {
	const stream = run({ files: paths, concurrency, cwd: root, timeout: fileLimitMs });
	stream.on('test:summary', ({ file, counts }) => {
		// One a file, and one for all.
		if (file !== undefined) return;
		totals.passed += counts.passed;
		totals.failed += counts.tests - counts.passed - counts.skipped - counts.todo;
		totals.skipped += counts.skipped;
	});
	stream.on('test:fail', ({ name, file, details }) => {
		// A suite fails with its tests, which are told by themselves.
		if ('failureType' in details.error && details.error.failureType === 'subtestsFailed') return;
		failures.push(
			`${file === undefined ? '' : `${relative(root, file)}: `}${name}: ${reasonOf(details.error)}`,
		);
	});
	const printed = stream.compose(spec);
	printed.pipe(process.stdout, { end: false });
	await finished(printed);
}

function reasonOf(error: Error): string {
	const { message } = error.cause instanceof Error ? error.cause : error;
	return message.length > 2000 ? `${message.slice(0, 2000)}…` : message;
}
