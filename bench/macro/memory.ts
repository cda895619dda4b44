/**
 * What petrel takes of memory before anybody asks: RSS of the process, as published (built to JavaScript) and as a
 * checkout runs it (from TypeScript, whose stripper every thread loads), by number of workers. The numbers behind
 * `src/server/worker-count.ts`. Linux only.
 *
 *     node bench/macro/memory.ts
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const workerCounts = [1, 2, 4];
/** Start-up garbage is gone by then. */
const settleMs = 3000;

function build(): string {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-memory-'));
	for (const name of ['bin', 'examples', 'package.json']) {
		cpSync(join(root, name), join(directory, name), { recursive: true });
	}
	symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
	const tsc = join(root, 'node_modules/.bin/tsc');
	execFileSync(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(directory, 'dist')]);
	return directory;
}

async function idleRssMib(directory: string, workers: number): Promise<number> {
	const args = ['bin/petrel.js', 'serve', 'examples/Corefile', '--workers', `${workers}`];
	const child = spawn(process.execPath, [...args, '--listen', '127.0.0.1:0'], { cwd: directory });
	const ended = new Promise((resolve) => child.once('exit', resolve));
	await new Promise((resolve) => child.stderr.once('data', resolve));
	await sleep(settleMs);
	const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
	child.kill('SIGTERM');
	await ended;
	return Math.round(Number(rss?.[1]) / 1024);
}

const built = build();
try {
	process.stdout.write('| workers | built, MiB | from source, MiB |\n| --- | --- | --- |\n');
	for (const workers of workerCounts) {
		const row = [workers, await idleRssMib(built, workers), await idleRssMib(root, workers)];
		process.stdout.write(`| ${row.join(' | ')} |\n`);
	}
} finally {
	rmSync(built, { recursive: true });
}
