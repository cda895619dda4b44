/**
 * Goal: no access outside its memory, no undefined behaviour in the addon. Method: the addon built with AddressSanitizer and
 * UBSan, and the tests that use it run once more with it, each in a process that the sanitizers' library is preloaded into.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { skipNative } from '../unit/net/native.ts';

const root = resolve(import.meta.dirname, '../..');
const testFiles = [
	'test/native/hostile-memory.test.ts',
	'test/native/life-cycle.test.ts',
	'test/native/steering.test.ts',
	'test/native/trains.test.ts',
	'test/native/wildcard.test.ts',
	'test/unit/net/native-alarm.test.ts',
	'test/unit/net/native-connected-udp.test.ts',
	'test/unit/net/native-listener.test.ts',
	'test/unit/net/native-upstream-sockets.test.ts',
];

/** The sanitizers' library of the compiler that builds the addon; undefined if it has none. */
function sanitizerLibrary(): string | undefined {
	try {
		const path = execFileSync(process.env.CC || 'cc', ['-print-file-name=libasan.so'], {
			encoding: 'utf8',
		}).trim();
		return path.includes('/') ? path : undefined;
	} catch {
		return undefined;
	}
}

const library = skipNative ? undefined : sanitizerLibrary();
const skip = skipNative || (library ? false : 'the C compiler has no AddressSanitizer');

function run(path: string, environment: NodeJS.ProcessEnv): Promise<string> {
	const { promise, resolve: done, reject } = Promise.withResolvers<string>();
	// Without the runner's mark the file reports for itself, as text and by its exit code.
	const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
	const env = { ...inherited, ...environment };
	execFile(
		process.execPath,
		['--test-reporter=tap', path],
		{ env, cwd: root, maxBuffer: 1 << 26 },
		(error, stdout, stderr) => {
			if (error === null) done(stdout);
			else reject(new Error(`${path} failed:\n${stdout}\n${stderr}`));
		},
	);
	return promise;
}

describe('under AddressSanitizer and UBSan', { skip }, () => {
	for (const path of testFiles) {
		it(path, async () => {
			execFileSync(process.execPath, [join(root, 'scripts/build-native.js'), '--must', '--sanitize'], {
				cwd: root,
			});
			const stdout = await run(path, {
				PETREL_NATIVE_ADDON: join(root, 'native/build/Sanitized/petrel_udp.node'),
				LD_PRELOAD: library,
				// V8 keeps what it has until the process ends; that is no leak of the addon's.
				ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
				UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
			});
			assert.match(stdout, /^# pass [1-9]/m);
			assert.match(stdout, /^# skipped 0/m);
		});
	}
});
