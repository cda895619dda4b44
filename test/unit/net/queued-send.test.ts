/**
 * Sends that wait in libuv's queue, which happens when the kernel's send buffer is full: not to be brought
 * about on the loopback. Method: the suites run once more in a process whose Node never tries to send at once
 * (a switch that Node has for its own tests), so that every datagram goes through the queue.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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

/** Prints how many of 500 datagrams of 4,000 octets, sent in one turn, a connected socket counted as not sent. */
const flood = `
	import { DgramTransport } from ${JSON.stringify(source('dgram-transport.ts'))};
	let notSent = 0;
	const counters = { add: () => notSent++ };
	const events = { onDatagrams() {}, onForeign() {}, onFailed() {} };
	const socket = new DgramTransport({ nowMs: () => 0 }, counters).openConnected('127.0.0.1', 9, events);
	for (let i = 0; i < 500; i++) socket.send(new Uint8Array(4000), 0, 4000);
	process.stdout.write(String(notSent));
	process.exit();`;

function source(file: string): string {
	return fileURLToPath(new URL(`../../../src/net/${file}`, import.meta.url));
}

describe('datagrams that wait in the send queue', () => {
	for (const testFile of ['dgram-listener.test.ts', 'upstream-sockets.test.ts']) {
		it(`arrive unchanged: ${testFile}`, async () => {
			assert.match(await runQueued(testFile), /^# pass [1-9]/m);
		});
	}

	it('are no more than a megabyte on a connected socket: the rest is counted', async () => {
		const args = [queueEverySend, '--input-type=module', '-e', flood];
		const { stdout } = await promisify(execFile)(process.execPath, args);
		// One more than fits is taken: the queue is looked at before each send.
		assert.equal(Number(stdout), 500 - Math.ceil((1024 * 1024) / 4000));
	});
});
