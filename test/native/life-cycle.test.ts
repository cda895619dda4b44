/**
 * Goal: whenever and however an environment with open native sockets ends, nothing is aborted and nothing hangs. Method:
 * every step of a life with every ending, each in a process of its own, which must end with code 0 and by no signal.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skipNative } from '../unit/net/native.ts';
import { endings, steps } from './life-cycle.child.ts';

const child = fileURLToPath(new URL('./life-cycle.child.ts', import.meta.url));
/** A process that takes longer hangs. */
const limitMs = 30_000;

async function live(step: string, ending: string): Promise<void> {
	const running = spawn(process.execPath, [child, step, ending], {
		stdio: ['ignore', 'ignore', 'pipe'],
		timeout: limitMs,
		killSignal: 'SIGKILL',
	});
	const stderr = text(running.stderr);
	const [code, signal] = await once(running, 'exit');
	assert.deepEqual({ code, signal }, { code: 0, signal: null }, await stderr);
}

describe('the end of an environment', { skip: skipNative, concurrency: 4 }, () => {
	for (const ending of endings) {
		for (const step of steps) it(`${ending} when ${step}`, () => live(step, ending));
	}
});
