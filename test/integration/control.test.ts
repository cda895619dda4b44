/**
 * Goal: petrel is looked at and flushed while it runs, over a socket that is its user's alone. Method: real processes
 * with three workers, the real commands; what was flushed is what the upstream is asked for again, and nothing else.
 */
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ControlClient } from '../../src/cli/control-client.ts';
import type { FlushReport, Sample, ServerStatus } from '../../src/server/control/control-target.ts';
import { Child, runToEnd } from '../support/integration/child.ts';
import { askTcp, askUdp, openUdpClients } from '../support/integration/client.ts';
import { type House, startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { runPetrel, spawnPetrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';
import { transportInUse } from '../support/transport.ts';

const limit = { timeout: 60_000 };
const workers = 3;
const largeBytes = 6000;
/** Above what the workers share. */
const sharedBytes = 4096 + 512;

async function command<Result>(house: { petrel: { control: string } }, ...args: string[]): Promise<Result> {
	const { control } = house.petrel;
	const { code, stdout, stderr } = await runPetrel([...args, '--control', control, '--format', 'json'], {
		cwd: '/',
	});
	assert.equal(code, 0, stderr);
	return JSON.parse(stdout);
}

/** Asks for a large answer over connection after connection, until so many more workers have one of their own. */
async function makeLargeEverywhere({ petrel }: House, name: string, more = workers): Promise<void> {
	const before = (await petrel.counters()).cache_inserted_large;
	await until(async () => {
		const reply = await askTcp(petrel, name, { type: 'TXT' });
		assert.ok(reply.octets.length > sharedBytes, `${reply.octets.length} octets`);
		return (await petrel.counters()).cache_inserted_large - before === more;
	});
}

describe('T95', limit, () => {
	const name = 'svc.ns.svc.cluster.local';
	const large = `tc.size${largeBytes}.ns.svc.cluster.local`;
	/** Names and types in the order in which they are flushed. */
	const ofName = ['A', 'AAAA', 'SRV'].map((type) => [name, type] as const);
	const below = [
		['other.ns.svc.cluster.local', 'A'],
		['nx.ns.svc.cluster.local', 'A'],
		['nodata.ns.svc.cluster.local', 'AAAA'],
		['servfail.ns.svc.cluster.local', 'A'],
		['ns.svc.cluster.local', 'A'],
		[large, 'TXT'],
	] as const;
	const beside = [
		['svc.xns.svc.cluster.local', 'A'],
		['xns.svc.cluster.local', 'A'],
		['svc.cluster.local', 'A'],
		['nx.other.svc.cluster.local', 'A'],
		['www.example', 'A'],
		[`tc.size${largeBytes}.elsewhere.cluster.local`, 'TXT'],
	] as const;
	const all = [...ofName, ...below, ...beside];

	test(
		'T95: flush of a name, then of a suffix: only those names are asked again, on every worker',
		limit,
		async (t) => {
			const house = await startHouse(
				t,
				(target) => `. {\n\tcache {\n\t\tservfail 5m\n\t}\n\tforward . ${target}\n}\n`,
				{ workers },
			);
			const { upstream, petrel } = house;
			const counts = () =>
				new Map(all.map(([asked, type]) => [`${asked} ${type}`, upstream.script.report.count(asked, type)]));
			const askAll = async (): Promise<void> => {
				for (const [asked, type] of all) {
					if (type === 'TXT') await askTcp(petrel, asked, { type });
					else await askUdp(petrel, asked, { type });
				}
			};
			const askedAgain = async (): Promise<string[]> => {
				const before = counts();
				await askAll();
				const now = counts();
				return [...before].filter(([key, count]) => now.get(key) !== count).map(([key]) => key);
			};
			const textOf = (list: readonly (readonly [string, string])[]) =>
				list.map(([asked, type]) => `${asked} ${type}`);
			for (const [asked, type] of all) if (type === 'TXT') await makeLargeEverywhere(house, asked);
			await askAll();
			assert.deepEqual(await askedAgain(), [], 'all are cached');

			const first = await command<FlushReport>(house, 'flush', 'SVC.ns.svc.cluster.local.');
			assert.equal(first.removed_count, ofName.length);
			assert.deepEqual(await askedAgain(), textOf(ofName));

			const second = await command<FlushReport>(house, 'flush', '--suffix', 'ns.svc.cluster.local');
			assert.equal(second.removed.large, workers, 'the large answer of every worker');
			assert.equal(second.removed.failure, 1);
			assert.equal(second.removed_count, ofName.length + below.length - 1 + workers);
			assert.deepEqual((await askedAgain()).toSorted(), textOf([...ofName, ...below]).toSorted());

			await makeLargeEverywhere(house, large, workers - 1);
			const typed = await command<FlushReport>(house, 'flush', name, '--type', 'AAAA');
			assert.equal(typed.removed_count, 1);
			assert.deepEqual(await askedAgain(), [`${name} AAAA`]);

			await command<FlushReport>(house, 'flush', '--all');
			const { cache } = await command<ServerStatus>(house, 'status');
			assert.deepEqual([cache.positive_count, cache.negative_count, cache.failure_count], [0, 0, 0]);
			assert.equal((await askedAgain()).length, all.length);
		},
	);
});

test('a flush takes an NXDOMAIN above a name with it, so that the name is asked again', limit, async (t) => {
	const house = await startHouse(
		t,
		(target) => `. {\n\tcache {\n\t\tnxdomain_cut\n\t}\n\tforward . ${target}\n}\n`,
	);
	const { petrel, upstream } = house;
	const asked = (): number => upstream.script.report.count('new.nx.test');
	await askUdp(petrel, 'nx.test');
	assert.equal((await askUdp(petrel, 'new.nx.test')).rcode, 'NXDOMAIN');
	assert.equal(asked(), 0, 'the NXDOMAIN above denies it');
	const { removed } = await command<FlushReport>(house, 'flush', 'new.nx.test');
	assert.deepEqual([removed.cut, removed.negative], [1, 0]);
	await askUdp(petrel, 'new.nx.test');
	assert.equal(asked(), 1);
});

test('a flush in one server block leaves the same name of another alone', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const block = (zone: string) => `${zone} {\n\tcache\n\tforward . ${upstream.target}\n}\n`;
	const petrel = await startPetrel(t, block('.') + block('a.test'));
	await askUdp(petrel, 'www.a.test');
	assert.equal(
		(await command<FlushReport>({ petrel }, 'flush', 'www.a.test', '--block', '.')).removed_count,
		0,
	);
	assert.equal(
		(await command<FlushReport>({ petrel }, 'flush', 'www.a.test', '--block', 'A.test')).removed_count,
		1,
	);
	const unknown = await runPetrel(['flush', 'a', '--block', 'b.test', '--control', petrel.control]);
	assert.equal(unknown.code, 2);
	assert.match(unknown.stderr, /no server block has the zone b\.test\.; there are \. a\.test\./);
});

test('an answer that was under way at a flush reaches who waits, and is not kept', limit, async (t) => {
	const house = await startHouse(
		t,
		(target) => `. {\n\tcache {\n\t\tservfail 5m\n\t}\n\tforward . ${target}\n}\n`,
		// Large answers are one worker's own.
		{ workers: 1 },
	);
	const { petrel, upstream } = house;
	const client = new ControlClient(petrel.control);
	for (const name of [
		'delay1000ms.slow.test',
		'delay1000ms.servfail.slow.test',
		'tc.delay1000ms.size6000.slow.test',
	]) {
		const type = name.includes('size') ? 'TXT' : 'A';
		const ask = () => askTcp(petrel, name, { type });
		const asked = (): number => upstream.script.report.count(name, type);
		const first = ask();
		await until(() => asked() > 0);
		// At once: a command of its own would take longer to start than the answer takes.
		await client.post('/flush', { name: 'slow.test', suffix: true });
		const answered = await first;
		const before = asked();
		assert.equal((await ask()).rcode, answered.rcode);
		assert.ok(asked() > before, `${name} is asked again`);
		const again = asked();
		await ask();
		assert.equal(asked(), again, `${name} is kept now`);
	}
	assert.ok((await petrel.counters()).cache_outrun_by_flush >= 3);
});

test('flushes under load: workers go on, nothing is lost, the counters tell', limit, async (t) => {
	const house = await startHouse(t, undefined, { workers });
	const { petrel } = house;
	const clients = await openUdpClients(petrel, 8);
	let over = false;
	let replies = 0;
	const load = clients.map(async (client, index) => {
		for (let i = 0; !over; i++) {
			const reply = await client.ask(`n${i % 50}.c${index}.load.test`);
			assert.equal(reply.rcode, 'NOERROR');
			replies++;
		}
	});
	let removed = 0;
	for (let i = 0; i < 5; i++) {
		const report = await command<FlushReport>(house, 'flush', '--suffix', 'load.test');
		assert.deepEqual([report.locked_count, report.silent_workers], [0, []]);
		removed += report.removed_count;
	}
	over = true;
	await Promise.all(load);
	for (const client of clients) client.close();
	const counters = await petrel.counters();
	assert.ok(replies > 0 && removed > 0);
	assert.equal(counters.flushes, 5);
	assert.equal(counters.flushed_entries, removed);
	assert.equal(counters.faults, 0);
});

describe('petrel status', limit, () => {
	test('as JSON it says what runs, from where, and how it is', limit, async (t) => {
		const house = await startHouse(t, undefined, { workers });
		const { petrel, upstream } = house;
		for (let i = 0; i < 4; i++) await askUdp(petrel, 'www.test');
		const status = await command<ServerStatus>(house, 'status');
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
		const { forwards } = await command<ServerStatus>({ petrel }, 'status');
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
		assert.equal((await command<ServerStatus>({ petrel: first }, 'status')).pid, first.child.pid);
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
		assert.equal((await command<Sample & ServerStatus>({ petrel: first }, 'status')).pid, second.child.pid);
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
