/**
 * Goal: the Dockerfile builds what it says, without an image registry. Method: a copy of the checkout gets what each
 * `COPY` brings and runs each `RUN` of the build stage as a script, on this Node.js; then the final stage's files are
 * laid out and its entry point runs. Steps that change the machine itself (apt-get, setcap) are skipped, and say so.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, relative } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { root, trackedPaths } from './source.ts';

const run = promisify(execFile);

/** Of one step; installing from a cold cache is the longest. */
const stepLimitMs = 180_000;

interface Step {
	readonly instruction: string;
	readonly text: string;
}

interface Stage {
	readonly name: string;
	readonly steps: readonly Step[];
}

function stagesOf(dockerfile: string): Stage[] {
	const lines = dockerfile
		.split('\n')
		.filter((line) => !line.startsWith('#'))
		.join('\n')
		.replaceAll(/\\\n\s*/g, ' ')
		.split('\n')
		.filter((line) => line.trim() !== '');
	const stages: { name: string; steps: Step[] }[] = [];
	for (const line of lines) {
		const [instruction] = line.split(/\s/, 1);
		const text = line.slice(instruction.length).trim();
		if (instruction === 'FROM') stages.push({ name: / AS (\w+)$/.exec(text)?.[1] ?? 'final', steps: [] });
		stages.at(-1)?.steps.push({ instruction, text });
	}
	return stages;
}

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = stagesOf(dockerfile);
const [build, final] = stages;

const scratch = mkdtempSync(join(tmpdir(), 'petrel-docker-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const folderOf = (stage: string): string => join(scratch, stage);

/** The tracked files that `.dockerignore` lets into the build: a line `*`, then lines `!PATH`. */
function contextFiles(): ReadonlySet<string> {
	const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
	const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
	const isIn = (path: string): boolean =>
		letIn.some((entry) => path === entry || path.startsWith(`${entry}/`));
	return new Set(trackedPaths().filter(isIn));
}

const context = contextFiles();
/** Where both stages work. */
const workdir = '/petrel';

/** `COPY [--from=STAGE] SOURCE... TARGET`: from a stage's folder, or the tracked files of the build context. */
function copy(text: string, into: string): void {
	const words = text.split(/\s+/);
	const from = words[0].startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
	const target = words.pop() ?? '';
	for (const word of words) {
		const base = from === undefined ? root : folderOf(from);
		const source = join(base, from === undefined ? word : posix.relative(workdir, word));
		assert.ok(existsSync(source), `COPY ${text}: there is no ${word}`);
		const isFolder = statSync(source).isDirectory();
		const place = !isFolder && target.endsWith('/') ? join(target, basename(source)) : target;
		const filter = (path: string): boolean =>
			from !== undefined || statSync(path).isDirectory() || context.has(relative(root, path));
		assert.ok(
			from !== undefined || isFolder || filter(source),
			`COPY ${text}: .dockerignore keeps ${word} out`,
		);
		cpSync(source, join(into, place), { recursive: true, filter });
	}
}

/** A PATH on which `node` is this one, as in the image, and nothing of this checkout. */
function imagePath(): string {
	const bin = join(scratch, 'bin');
	mkdirSync(bin, { recursive: true });
	symlinkSync(process.execPath, join(bin, 'node'));
	const rest = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
	return [bin, ...rest].join(':');
}

/** This process's environment without what a test runner and npm scripts add, and npm told not to wait long. */
function stepEnvironment(): NodeJS.ProcessEnv {
	const added = /^(npm_|NODE_TEST_CONTEXT$|NODE_OPTIONS$|INIT_CWD$)/;
	return {
		...Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name))),
		PATH: imagePath(),
		npm_config_prefer_offline: 'true',
		npm_config_update_notifier: 'false',
		npm_config_fetch_retries: '1',
		npm_config_fetch_retry_mintimeout: '1000',
		npm_config_fetch_retry_maxtimeout: '2000',
	};
}

const env = stepEnvironment();

async function runStep(text: string, folder: string): Promise<void> {
	await run('bash', ['-ec', text], { cwd: folder, env, timeout: stepLimitMs, maxBuffer: 1 << 26 });
}

/** Makes `builtNative`, for which the image has a compiler. */
const buildNative = 'npm run build:native';
const builtNative = 'native/build/Release';
const hasCompiler = spawnSync(process.env.CC || 'cc', ['--version']).status === 0;

/** Why a RUN step is not tried on the machine that runs the tests; false if it is. */
function reasonToSkip(text: string): string | false {
	if (/\b(apt-get|setcap)\b/.test(text))
		return 'it changes the machine (apt-get, setcap): only an image builder can run it';
	if (/^npm prune\b/.test(text) && !installed) return 'npm ci was skipped';
	if (text === buildNative && !hasCompiler) return 'no C compiler';
	return false;
}

/** Whether `npm ci` could run; without it the checkout's own modules stand in. */
let installed = false;

async function install(t: TestContext, text: string, folder: string): Promise<void> {
	try {
		await runStep(text, folder);
		installed = true;
	} catch (thrown) {
		const { stderr = '' } = thrown as { stderr?: string };
		if (!/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|\w*CERT\w*)\b/.test(stderr))
			throw thrown;
		symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
		t.skip("no network, and npm's cache does not hold everything: the checkout's modules stand in");
	}
}

test('two stages, both on the slim image of the Node.js that petrel is tested with', () => {
	assert.deepEqual(
		stages.map(({ name, steps }) => `${name}: ${steps[0].text.split(' ')[0]}`),
		['build: node:26-slim', 'final: node:26-slim'],
	);
});

test('it runs as a user of its own, may bind low ports, and opens 53 for UDP and TCP', () => {
	const texts = final.steps.map(({ instruction, text }) => `${instruction} ${text}`);
	assert.ok(texts.includes('USER node'));
	assert.ok(texts.includes('EXPOSE 53/udp 53/tcp'));
	assert.ok(
		texts.some((text) => text.startsWith('RUN ') && /setcap cap_net_bind_service=\+ep .*node/.test(text)),
	);
	const user = texts.indexOf('USER node');
	assert.ok(
		texts.findLastIndex((text) => text.startsWith('RUN ')) < user,
		'what needs root comes before USER',
	);
});

test('the build stage runs', { timeout: 4 * stepLimitMs }, async (t) => {
	const folder = folderOf(build.name);
	mkdirSync(folder);
	for (const { instruction, text } of build.steps) {
		if (instruction === 'COPY') copy(text, folder);
		if (instruction !== 'RUN') continue;
		// Where nothing is built, the final stage copies nothing.
		if (text === buildNative && !hasCompiler) mkdirSync(join(folder, builtNative), { recursive: true });
		await t.test(`RUN ${text}`, { skip: reasonToSkip(text) }, (step) =>
			text.startsWith('npm ci') ? install(step, text, folder) : runStep(text, folder),
		);
	}
});

test('the final stage has what its entry point needs, and nothing to build with', async (t) => {
	const folder = folderOf(final.name);
	mkdirSync(folder);
	for (const { instruction, text } of final.steps) {
		if (instruction === 'COPY') copy(text, folder);
		if (instruction === 'RUN')
			await t.test(`RUN ${text}`, { skip: reasonToSkip(text) }, () => runStep(text, folder));
	}
	const entry = final.steps.find(({ instruction }) => instruction === 'ENTRYPOINT');
	const [program, ...args] = JSON.parse(entry?.text ?? '[]') as string[];
	assert.equal(program, 'node');
	for (const command of [args, ['dist/main.js']]) {
		const { stdout } = await run(process.execPath, [...command, '--version'], { cwd: folder });
		assert.match(stdout, /^petrel \d/);
	}
	const { stdout } = await run(process.execPath, [...args, 'check', 'examples/Corefile'], { cwd: folder });
	assert.match(stdout, /ok, /);
	if (!installed) return;
	const modules = globSync('node_modules/{*,@*/*}/package.json', { cwd: folder }).map(dirname);
	assert.ok(modules.includes('node_modules/piscina'));
	const forBuilding = modules.filter((name) =>
		/typescript|biome|fast-check|node-linux|petrel-toolchain/.test(name),
	);
	assert.deepEqual(forBuilding, []);
});
