/**
 * Goal: documents stay true. Method: every Corefile in them is loaded, every relative link is followed, and the shell
 * lines of the README are run, against the server that the README says to start.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadCorefile } from '../../src/config/load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readyMs = 20_000;

function trackedDocuments(): string[] {
	const listed = spawnSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
	return listed.stdout.split('\n').filter((path) => path !== '');
}

function fencedBlocks(text: string, language: string): string[] {
	const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
	return [...text.matchAll(fence)].map((match) => match[1]);
}

for (const path of trackedDocuments()) {
	const text = readFileSync(join(root, path), 'utf8');

	test(`${path}: every Corefile in it loads`, () => {
		for (const block of fencedBlocks(text, 'corefile')) {
			const { errors } = loadCorefile({ path, text: block, env: {} });
			assert.deepEqual(errors, [], block);
		}
	});

	test(`${path}: every relative link leads to a file`, () => {
		for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
			assert.ok(existsSync(join(root, dirname(path), target)), `${path} links to ${target}`);
		}
	});
}

const shellLines = fencedBlocks(readFileSync(join(root, 'README.md'), 'utf8'), 'sh').flatMap((block) =>
	block.split('\n').filter((line) => line !== ''),
);

/** Starts a `petrel serve` of the README, at any free port, and waits for its ready line. */
async function serve(args: readonly string[]): Promise<{ child: ChildProcess; port: string }> {
	const elsewhere = ['--listen', '127.0.0.1:0'];
	const child = spawn(process.execPath, ['bin/petrel.js', 'serve', ...args, ...elsewhere], {
		cwd: root,
		env: { ...process.env, PETREL_CONTROL: 'off' },
	});
	let log = '';
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`no ready line: ${log}`)), readyMs);
		child.stderr.on('data', (chunk) => {
			log += chunk;
			if (!log.includes('ready:')) return;
			clearTimeout(timer);
			resolve();
		});
		child.on('exit', (code) => reject(new Error(`exit ${code}: ${log}`)));
	});
	return { child, port: /127\.0\.0\.1:(\d+)/.exec(log)![1] };
}

async function stop(child: ChildProcess): Promise<number | null> {
	if (child.exitCode !== null) return child.exitCode;
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	return ended;
}

let started: { child: ChildProcess; port: string };
before(async () => {
	const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
	const [program, script, command, ...args] = scripts.start.split(' ');
	assert.deepEqual(
		[program, script, command, ...args],
		['node', 'bin/petrel.js', 'serve', 'examples/Corefile'],
	);
	started = await serve(args);
});
after(async () => {
	assert.equal(await stop(started.child), 0);
});

test('README: what `npm start` runs answers on 127.0.0.1 port 1053', () => {
	const { model } = loadCorefile({ path: join(root, 'examples/Corefile'), env: {} });
	for (const { bind, keys } of model!.blocks) {
		assert.deepEqual(bind, ['127.0.0.1']);
		for (const { port } of keys) assert.equal(port, 1053);
	}
});

for (const line of shellLines) {
	test(`README: ${line}`, async (context) => {
		const split = line.replaceAll('1053', started.port).match(/'[^']*'|\S+/g)!;
		const [first, ...words] = split.map((word) => word.replaceAll("'", ''));
		if (first === 'npm') {
			assert.ok(
				['npm ci && npm start', 'npm ci && npm test'].includes(line),
				'exactly two commands do everything',
			);
		} else if (first === 'dig') {
			const dig = spawnSync('dig', words, { encoding: 'utf8' });
			if (dig.error) return context.skip('dig is not installed');
			assert.match(dig.stdout, /status: NOERROR/);
		} else {
			assert.deepEqual([first, words[0]], ['npx', 'petrel']);
			const args = words.slice(1);
			if (args[0] === 'serve') {
				const listen = args.indexOf('--listen');
				if (listen >= 0) args.splice(listen, 2);
				assert.equal(await stop((await serve(args.slice(1))).child), 0);
				return;
			}
			// A busy machine makes a round void; here the command is tried, and not the machine.
			if (args[0] === 'load') args.push('--max-lag', '20s');
			const run = spawnSync(process.execPath, ['bin/petrel.js', ...args], { cwd: root, encoding: 'utf8' });
			assert.equal(run.status, 0, run.stderr);
		}
	});
}
