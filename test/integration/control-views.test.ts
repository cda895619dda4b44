/**
 * Goal: petrel is looked at while it runs, over a socket that is its user's alone. Method: real processes with three
 * workers, the real commands.
 */
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Sample, ServerStatus } from '../../src/server/control/control-target.ts';
import { Child, runToEnd } from '../support/integration/child.ts';
import { askUdp, openUdpClients } from '../support/integration/client.ts';
import { controlJson } from '../support/integration/control-json.ts';
import { startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { runPetrel, spawnPetrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { transportInUse } from '../support/transport.ts';

const limit = { timeout: 60_000 };
const workers = 3;

describe('petrel status', limit, () => {
	test('as JSON it says what runs, from where, and how it is', limit, async (t) => {
		const house = await startHouse(t, undefined, { workers });
		const { petrel, upstream } = house;
		for (let i = 0; i < 4; i++) await askUdp(petrel, 'www.test');
		const status = await controlJson<ServerStatus>(house, 'status');
		assert.equal(status.pid, petrel.child.pid);
		assert.equal(status.transport.name, transportInUse);
		assert.match(status.config.files[0].sha256, /^[0-9a-f]{64}$/);
		assert.match(status.config.files[0].path, /Corefile$/);
		assert.deepEqual(status.reload, { result: 'none' });
		assert.deepEqual(
			status.workers.map(({ state, replaced_count }) => [state, replaced_count]),
			Array.from({ length: workers }, () => ['listening', 0]),
		);
		assert.ok(status.workers.every(({ lag_ms }) => lag_ms !== null && lag_ms >= 0));
		assert.deepEqual(status.endpoints, [{ address: petrel.address, port: petrel.port }]);
		assert.deepEqual(
			[status.totals.queries_total, status.totals.hits_total, status.totals.misses_total],
			[4, 3, 1],
		);
		assert.equal(status.cache.hit_ratio, 0.75);
		assert.equal(status.cache.positive_count, 1);
		const [forward] = status.forwards;
		assert.deepEqual(forward.zones, ['.']);
		assert.deepEqual(
			forward.upstreams.map(({ port, state, queries_total }) => [port, state, queries_total]),
			[[upstream.port, 'up', 1]],
		);
	});

	test('an upstream that fails is down, and no line is wider than 80 columns', limit, async (t) => {
		const petrel = await startPetrel(t, '. {\n\tcache\n\tforward . 127.0.0.1:1 {\n\t\tmax_fails 1\n\t}\n}\n');
		for (let i = 0; i < 4; i++) await askUdp(petrel, `n${i}.test`);
		const { forwards } = await controlJson<ServerStatus>({ petrel }, 'status');
		assert.equal(forwards[0].upstreams[0].state, 'down');
		assert.ok(forwards[0].upstreams[0].failures_count > 1);
		const { stdout } = await runPetrel(['status', '--control', petrel.control]);
		assert.match(stdout, /^127\.0\.0\.1:1 +\. +down +\d+/m);
		for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
	});
});

describe('petrel top', limit, () => {
	test('--once writes one plain frame of what happens now', limit, async (t) => {
		const { petrel } = await startHouse(t, undefined, { workers });
		const clients = await openUdpClients(petrel, 4);
		let over = false;
		const load = clients.map(async (client) => {
			while (!over) await client.ask('www.test');
		});
		const { code, stdout, stderr } = await runPetrel([
			'top',
			'--once',
			'--interval',
			'500ms',
			'--control',
			petrel.control,
		]);
		over = true;
		await Promise.all(load);
		for (const client of clients) client.close();
		assert.equal(code, 0, stderr);
		assert.ok(!stdout.includes('\x1b'), 'no escape sequence');
		assert.match(stdout, /^petrel \S+ {2}127\.0\.0\.1:\d+ {2}process \d+ {2}up \d+s\n/);
		assert.match(stdout, /^queries +[1-9][\d,.]*\/s$/m);
		assert.match(stdout, /^hit ratio +\d+\.\d % +latency p50 \d/m);
		assert.match(stdout, /^\. +127\.0\.0\.1:\d+ +[1-9][\d,.]* +\d+\.\d %/m);
		assert.equal(stdout.match(/ listening$/gm)?.length, workers);
		for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
	});

	test('without a terminal it writes frame after frame, until it is ended', limit, async (t) => {
		const { petrel } = await startHouse(t);
		const args = ['top', '--interval', '100ms', '--control', petrel.control];
		const top = await spawnPetrel(t, args, { cwd: '/' });
		await top.output((stdout) => ((stdout.match(/^queries /gm) ?? []).length >= 3 ? true : undefined));
		assert.ok(!top.stdout.includes('\x1b'));
		await petrel.stop();
		assert.equal((await top.exited).code, 1, 'the server is gone');
		assert.match(top.stderr, /no petrel answers at/);
	});

	const script = existsSync('/usr/bin/script') ? '/usr/bin/script' : undefined;
	const withTerminal = {
		...limit,
		skip: script === undefined ? 'there is no script(1) to make a terminal' : false,
	};
	/** `petrel top` in a terminal of its own. */
	async function inTerminal(t: TestContext, control: string): Promise<Child> {
		const directory = await temporaryDirectory(t);
		const program = join(import.meta.dirname, '../../bin/petrel.js');
		const line = `stty rows 24 cols 80; exec ${process.execPath} ${program} top --interval 100ms --control ${control}`;
		const env = { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' };
		return Child.start(t, script!, ['-qefc', line, '/dev/null'], { cwd: directory, env });
	}

	test(
		'in a terminal it has a screen of its own, and gives it back when it is ended',
		withTerminal,
		async (t) => {
			const { petrel } = await startHouse(t);
			const top = await inTerminal(t, petrel.control);
			await top.output((stdout) => (/UPSTREAM[\s\S]*WORKER[\s\S]*listening/.test(stdout) ? true : undefined));
			assert.ok(top.stdout.includes('\x1b[?1049h\x1b[?25l'), 'the other screen, no cursor');
			// Its own process: the one that has the socket open is not the terminal's.
			const { stdout: children } = await runToEnd('/bin/sh', ['-c', `cat /proc/${top.pid}/task/*/children`]);
			process.kill(Number(children.trim().split(/\s+/)[0]), 'SIGTERM');
			assert.equal((await top.exited).code, 0);
			assert.ok(top.stdout.endsWith('\x1b[?25h\x1b[?1049l'), 'cursor and screen are back');
		},
	);

	test('in a terminal it waits for a server that is gone', withTerminal, async (t) => {
		const { petrel } = await startHouse(t);
		const top = await inTerminal(t, petrel.control);
		await top.output((stdout) => (stdout.includes('listening') ? true : undefined));
		await petrel.stop();
		await top.output((stdout) => (stdout.includes('no petrel answers') ? true : undefined));
		assert.equal(top.ended, false);
	});
});

describe('where there is no socket', limit, () => {
	test('the commands say which path they tried, with exit code 1', limit, async (t) => {
		const directory = await temporaryDirectory(t);
		const control = join(directory, 'control.sock');
		for (const args of [['status'], ['flush', '--all'], ['top', '--once']]) {
			const { code, stderr } = await runPetrel(args, { cwd: directory, env: { PETREL_CONTROL: control } });
			assert.equal(code, 1);
			assert.ok(stderr.includes(`${control} (not there)`), stderr);
			assert.match(stderr, /--control PATH \[PETREL_CONTROL\]/);
		}
		writeFileSync(control, '');
		const { stderr } = await runPetrel(['status'], { cwd: directory, env: { PETREL_CONTROL: control } });
		assert.match(stderr, /left behind/);
	});

	test('a second server on the same path warns and serves without; the first keeps it', limit, async (t) => {
		const { petrel: first, upstream } = await startHouse(t);
		assert.equal((statSync(first.control).mode & 0o777).toString(8), '600');
		const second = await startPetrel(t, `. {\n\tforward . ${upstream.target}\n}\n`, {
			env: { PETREL_CONTROL: first.control },
		});
		assert.match(second.log, /another petrel has its control socket at .*--control PATH.*--control off/);
		assert.equal((await askUdp(second, 'www.test')).rcode, 'NOERROR');
		assert.equal((await controlJson<ServerStatus>({ petrel: first }, 'status')).pid, first.child.pid);
		await second.stop();
		assert.ok(existsSync(first.control), 'it is not the second one’s to remove');
		await first.stop();
		assert.ok(!existsSync(first.control));
	});

	test('a server that was killed leaves a socket that its successor replaces', limit, async (t) => {
		const { petrel: first, upstream } = await startHouse(t);
		first.child.signal('SIGKILL');
		await first.child.exited;
		assert.ok(existsSync(first.control));
		const second = await startPetrel(t, `. {\n\tforward . ${upstream.target}\n}\n`, {
			env: { PETREL_CONTROL: first.control },
		});
		assert.equal(
			(await controlJson<Sample & ServerStatus>({ petrel: first }, 'status')).pid,
			second.child.pid,
		);
	});

	test(
		'by default it is in the runtime directory of the user, or in one for temporary files',
		limit,
		async (t) => {
			const runtime = await temporaryDirectory(t);
			const upstream = await startScriptedUpstream(t);
			const env = { PETREL_CONTROL: 'default', XDG_RUNTIME_DIR: runtime, TMPDIR: runtime };
			const petrel = await startPetrel(t, `. {\n\tforward . ${upstream.target}\n}\n`, { env });
			const path = /control socket (\S+):/.exec(petrel.log)?.[1] ?? '';
			const places = ['/run/petrel/', join(runtime, 'petrel/')];
			assert.ok(
				places.some((place) => path.startsWith(place)),
				petrel.log,
			);
			assert.equal((statSync(path).mode & 0o777).toString(8), '600');
		},
	);

	test('a place that cannot be made is a note, not the end', limit, async (t) => {
		const upstream = await startScriptedUpstream(t);
		const petrel = await startPetrel(t, `. {\n\tforward . ${upstream.target}\n}\n`, {
			env: { PETREL_CONTROL: '/proc/petrel/control.sock' },
		});
		assert.match(petrel.log, /no control socket: .*\/proc\/petrel/);
		assert.equal((await askUdp(petrel, 'www.test')).rcode, 'NOERROR');
	});
});
