/**
 * What petrel takes of memory before anybody asks: RSS of the process, as published (built to JavaScript) and as a
 * checkout runs it (from TypeScript, whose stripper every thread loads), by number of workers. The numbers behind
 * `src/server/worker-count.ts`. Linux only.
 *
 *     node bench/macro/memory.ts
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPetrel } from '../lib/build-petrel.ts';

const root = join(import.meta.dirname, '../..');
const workerCounts = [1, 2, 4];
/** Start-up garbage is gone by then. */
const settleMs = 3000;

async function idleRssMib(directory: string, workers: number): Promise<number> {
	const args = ['bin/petrel.js', 'serve', 'examples/Corefile', '--workers', `${workers}`];
	const child = spawn(process.execPath, [...args, '--listen', '127.0.0.1:0'], {
		cwd: directory,
		env: { ...process.env, PETREL_CONTROL: 'off' },
	});
	const ended = new Promise((resolve) => child.once('exit', resolve));
	await new Promise((resolve) => child.stderr.once('data', resolve));
	await sleep(settleMs);
	const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
	child.kill('SIGTERM');
	await ended;
	return Math.round(Number(rss?.[1]) / 1024);
}

const built = buildPetrel();
try {
	process.stdout.write('| workers | built, MiB | from source, MiB |\n| --- | --- | --- |\n');
	for (const workers of workerCounts) {
		const row = [workers, await idleRssMib(built, workers), await idleRssMib(root, workers)];
		process.stdout.write(`| ${row.join(' | ')} |\n`);
	}
} finally {
	rmSync(built, { recursive: true });
}
