/**
 * What petrel takes of memory before anybody asks: RSS of the process, as published (built to JavaScript) and as a
 * checkout runs it (from TypeScript, whose stripper every thread loads), by number of workers. The numbers behind
 * `src/server/worker-count.ts`. Linux only.
 *
 *     node bench/macro/memory.ts
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPetrel } from '../lib/build-petrel.ts';

const root = join(import.meta.dirname, '../..');
const workerCounts = [1, 2, 4];
/** Start-up garbage is gone by then. */
const settleMs = 3000;

/** @param corefile undefined: the example's */
async function idleRssMib(
	directory: string,
	workers: number,
	corefile = 'examples/Corefile',
): Promise<string> {
	const args = ['bin/petrel.js', 'serve', corefile, '--workers', `${workers}`];
	const child = spawn(process.execPath, [...args, '--listen', '127.0.0.1:0'], {
		cwd: directory,
		env: { ...process.env, PETREL_CONTROL: join(built, `control-${workers}.sock`) },
	});
	const ended = new Promise((resolve) => child.once('exit', resolve));
	await new Promise((resolve) => child.stderr.once('data', resolve));
	await sleep(settleMs);
	const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
	child.kill('SIGTERM');
	await ended;
	return (Number(rss?.[1]) / 1024).toFixed(1);
}

const built = buildPetrel();
const withHttp = join(built, 'Corefile');
const http = ['health 127.0.0.1:0', 'ready 127.0.0.1:0', 'prometheus 127.0.0.1:0'];
writeFileSync(withHttp, `. {\n\tcache\n\terrors\n\t${http.join('\n\t')}\n\tforward . /etc/resolv.conf\n}\n`);
try {
	process.stdout.write('| workers | built | with health, ready, prometheus | from source, MiB |\n');
	process.stdout.write('| --- | --- | --- | --- |\n');
	for (const workers of workerCounts) {
		const row = [
			workers,
			await idleRssMib(built, workers),
			await idleRssMib(built, workers, withHttp),
			await idleRssMib(root, workers),
		];
		process.stdout.write(`| ${row.join(' | ')} |\n`);
	}
} finally {
	rmSync(built, { recursive: true });
}
