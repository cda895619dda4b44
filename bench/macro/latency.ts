/**
 * How long a client waits in the situations of the behaviour tests. Method: a real petrel process with two workers, a
 * scripted upstream in this one, one client that asks and waits; each situation has names of its own. The times are
 * printed and judged by nobody: they say what this machine did just now. `--smoke` asks each as few times as shows
 * that the bench still runs.
 *
 *     node bench/macro/latency.ts [--smoke]
 */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Cleanup } from '../../test/support/integration/child.ts';
import { openUdpClients, TcpClient, UdpClient } from '../../test/support/integration/client.ts';
import { startHouse, startScriptedUpstream } from '../../test/support/integration/house.ts';
import { startPetrel } from '../../test/support/integration/petrel.ts';
import { until } from '../../test/support/integration/until.ts';

const { smoke } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } }).values;
const repeats = smoke ? 5 : 200;
const slowRepeats = smoke ? 1 : 3;

interface Situation {
	readonly id: string;
	readonly what: string;
	readonly expected: string;
	/** Milliseconds of each asking. */
	measure(cleanup: Cleanup): Promise<number[]>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startMs = performance.now();
	await work();
	return performance.now() - startMs;
}

async function times(count: number, ask: (i: number) => Promise<unknown>): Promise<number[]> {
	const took: number[] = [];
	for (let i = 0; i < count; i++) took.push(await timed(() => ask(i)));
	return took;
}

const staleCorefile = (target: string): string =>
	`. {\n\tcache {\n\t\tserve_stale 1h verify 1800ms\n\t}\n\tforward . ${target}\n}\n`;
/** Longer than the TTL of 1 s that the stale answers have. */
const staleAfterMs = 1200;

const situations: readonly Situation[] = [
	{
		id: '',
		what: 'a hit, one client that asks and waits',
		expected: '',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const client = await UdpClient.open(petrel);
			await times(repeats, () => client.ask('warm.test'));
			return times(repeats, () => client.ask('warm.test'));
		},
	},
	{
		id: '',
		what: 'a hit over TCP',
		expected: '',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const client = await TcpClient.open(petrel);
			await times(repeats, () => client.ask('warm.test'));
			return times(repeats, () => client.ask('warm.test'));
		},
	},
	{
		id: '',
		what: 'a miss, upstream answers at once',
		expected: '',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const client = await UdpClient.open(petrel);
			await times(repeats, (i) => client.ask(`warm-${i}.test`));
			return times(repeats, (i) => client.ask(`miss-${i}.test`));
		},
	},
	{
		id: 'T31',
		what: 'a silent upstream, until SERVFAIL',
		expected: '< 5 s',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const clients = await openUdpClients(petrel, slowRepeats);
			const all = clients.map((client, i) => times(1, () => client.ask(`silent.n${i}.test`)));
			return (await Promise.all(all)).flat();
		},
	},
	{
		id: 'T40',
		what: 'a stale answer, upstream silent (serve_stale verify 1800ms)',
		expected: '1.8 s ± 0.2',
		async measure(cleanup) {
			const { petrel, upstream } = await startHouse(cleanup, staleCorefile);
			const clients = await openUdpClients(petrel, slowRepeats);
			await Promise.all(clients.map((client, i) => client.ask(`ttl1.n${i}.test`)));
			upstream.script.setRule('*', 'silent');
			await sleep(staleAfterMs);
			const all = clients.map((client, i) => times(1, () => client.ask(`ttl1.n${i}.test`)));
			return (await Promise.all(all)).flat();
		},
	},
	{
		id: 'T41',
		what: 'the same, upstream answers after 100 ms',
		expected: '100 ms',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup, staleCorefile);
			const clients = await openUdpClients(petrel, slowRepeats);
			await Promise.all(clients.map((client, i) => client.ask(`delay100ms.ttl1.n${i}.test`)));
			await sleep(staleAfterMs);
			const all = clients.map((client, i) => times(1, () => client.ask(`delay100ms.ttl1.n${i}.test`)));
			return (await Promise.all(all)).flat();
		},
	},
	{
		id: 'T50',
		what: '20 equal questions at once, upstream takes 250 ms',
		expected: '250 ms',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const clients = await openUdpClients(petrel, 20);
			return Promise.all(clients.map((client) => timed(() => client.ask('delay250ms.same.test'))));
		},
	},
	{
		id: 'T51',
		what: 'a wrong ID first, then the answer 3 ms later',
		expected: '< 50 ms',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup);
			const client = await UdpClient.open(petrel);
			return times(smoke ? 5 : 50, (i) => client.ask(`wrongid.n${i}.test`));
		},
	},
	{
		id: 'T65',
		what: 'first of two upstreams dies silently: the first questions',
		expected: '< 2.5 s',
		async measure(cleanup) {
			const { clients } = await startDeadPair(cleanup);
			return Promise.all(clients.map((client, i) => timed(() => client.ask(`early-${i}.test`))));
		},
	},
	{
		id: 'T65',
		what: 'the same, when it is known to be down',
		expected: '',
		async measure(cleanup) {
			const { clients, down } = await startDeadPair(cleanup);
			await Promise.all(clients.map((client, i) => client.ask(`early-${i}.test`)));
			await down();
			return times(smoke ? 5 : 50, (i) => clients[0].ask(`later-${i}.test`));
		},
	},
	{
		id: 'T65',
		what: 'the same, from its recovery to its first question',
		expected: '< 1 s',
		async measure(cleanup) {
			const { clients, down, first } = await startDeadPair(cleanup);
			await Promise.all(clients.map((client, i) => client.ask(`early-${i}.test`)));
			await down();
			first.script.removeRule('*');
			let asked = 0;
			const back = until(async () => {
				const name = `back-${asked++}.test`;
				await clients[0].ask(name);
				return first.script.report.count(name) > 0;
			});
			return [await timed(() => back)];
		},
	},
	{
		id: 'T68',
		what: 'a hit while 2000 slow questions fill max_concurrent 500',
		expected: '< 5 ms',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup, cappedCorefile);
			const client = await UdpClient.open(petrel);
			await client.ask('hit.test');
			const flooding = flood(await openUdpClients(petrel));
			await until(async () => (await petrel.counters()).refused_max_concurrent > 0);
			const took = await times(smoke ? 5 : 100, () => client.ask('hit.test'));
			await flooding;
			return took;
		},
	},
	{
		id: 'T68',
		what: 'a REFUSED meanwhile',
		expected: 'at once',
		async measure(cleanup) {
			const { petrel } = await startHouse(cleanup, cappedCorefile);
			const client = await UdpClient.open(petrel);
			const flooding = flood(await openUdpClients(petrel));
			await until(async () => (await petrel.counters()).refused_max_concurrent > 0);
			const took = await times(smoke ? 5 : 100, (i) => client.ask(`delay2500ms.more-${i}.test`));
			await flooding;
			return took;
		},
	},
];

const cappedCorefile = (target: string): string =>
	`. {\n\tcache\n\tforward . ${target} {\n\t\tmax_concurrent 500\n\t\tread_timeout 4s\n\t}\n}\n`;

async function flood(clients: readonly UdpClient[]): Promise<void> {
	const slow = Array.from({ length: 2000 }, (_, i) =>
		clients[i % clients.length].ask(`delay2500ms.slow-${i}.test`),
	);
	await Promise.all(slow);
}

async function startDeadPair(cleanup: Cleanup) {
	const [first, second] = [await startScriptedUpstream(cleanup), await startScriptedUpstream(cleanup)];
	const forward = `forward . ${first.target} ${second.target} {\n\t\tpolicy sequential\n\t}`;
	const petrel = await startPetrel(cleanup, `. {\n\terrors\n\tcache\n\t${forward}\n}\n`);
	const clients = await openUdpClients(petrel, 4);
	first.script.setRule('*', 'silent');
	const down = () => until(() => petrel.log.includes('is down'));
	return { first, clients, down };
}

function formatMs(ms: number): string {
	return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

async function report({ id, what, expected, measure }: Situation): Promise<void> {
	const undo: (() => Promise<void>)[] = [];
	const took = await measure({ after: (done) => undo.push(done) });
	for (const done of undo.reverse()) await done();
	took.sort((a, b) => a - b);
	const at = (share: number): string =>
		formatMs(took[Math.min(took.length - 1, Math.floor(took.length * share))]);
	const numbers = `${took.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)}`;
	process.stdout.write(`| ${id} | ${what} | ${expected} | ${numbers} |\n`);
}

/** Situations at once; more than one only where the numbers do not count. */
const lanes = smoke ? 4 : 1;

async function main(): Promise<void> {
	const processor = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
	process.stdout.write(`Node.js ${process.version}, ${process.platform} ${process.arch}, ${processor}\n`);
	process.stdout.write(
		`${smoke ? 'smoke run: several situations at once, the numbers mean nothing\n' : ''}\n`,
	);
	process.stdout.write('| case | situation | expected | asked | median ms | 99 % ms | most ms |\n');
	process.stdout.write('| --- | --- | --- | --- | --- | --- | --- |\n');
	const waiting = [...situations];
	const lane = async (): Promise<void> => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await report(next);
	};
	await Promise.all(Array.from({ length: lanes }, lane));
}

await main();
