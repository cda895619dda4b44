/**
 * Sends that wait in libuv's queue, which happens when the kernel's send buffer is full: not to be brought
 * about on the loopback. Method: the suites run once more in a process whose Node never tries to send at once
 * (a switch that Node has for its own tests), so that every datagram goes through the queue.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const queueEverySend = '--test-udp-no-try-send';

/** Resolves with what the tests printed; rejects, with the same, if one failed. */
function runQueued(testFile: string): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const path = fileURLToPath(new URL(testFile, import.meta.url));
	// Without the runner's mark the file reports for itself, as text and by its exit code.
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const args = [queueEverySend, '--test-reporter=tap', path];
	execFile(process.execPath, args, { env }, (error, stdout) => {
		if (error === null) resolve(stdout);
		else reject(new Error(`${testFile} with queued sends failed:\n${stdout}`));
	});
	return promise;
}

describe('datagrams that wait in the send queue', () => {
	for (const testFile of ['dgram-listener.test.ts', 'upstream-sockets.test.ts']) {
		it(`arrive unchanged: ${testFile}`, async () => {
			assert.match(await runQueued(testFile), /^# pass [1-9]/m);
		});
	}
});
