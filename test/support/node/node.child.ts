/**
 * A node in network and mount namespaces of its own (`unshare --net --mount`): petrel with a Corefile at the addresses that
 * the file names, on their real ports. The plan comes on standard input, the result goes to standard output, as JSON.
 *
 *   this process, petrel, clients   node ═══ cable ═══ world   upstreams.child.ts
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type Cleanup } from '../integration/child.ts';
import { TcpClient, UdpClient } from '../integration/client.ts';
import { decodeReply, makeQuery } from '../integration/message.ts';
import { spawnPetrel } from '../integration/petrel.ts';
import type { NodeAnswer, NodePlan, NodeQuestion, NodeResult } from './plan.ts';

const nodeEnd = '192.168.255.1';
const worldEnd = '192.168.255.2';
const pageLimitMs = 3000;
const nsidCode = 3;

const plan = JSON.parse(await text(process.stdin)) as NodePlan;

function ip(command: string): void {
	execFileSync('ip', command.split(' '));
}

function writeEtc(): void {
	// Nothing below it may be the machine's own: petrel must know no other resolvers, and nobody else may see these files.
	execFileSync('mount', ['-t', 'tmpfs', 'none', '/etc']);
	for (const [name, content] of Object.entries(plan.etc)) {
		const path = join('/etc', name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, content);
	}
}

/** Lays the cable and starts the upstreams at its other end. Returns how to ask who was asked. */
async function startWorld() {
	const program = join(import.meta.dirname, 'upstreams.child.ts');
	const args = ['--net', process.execPath, program, worldEnd, ...plan.upstreams];
	const world = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
	await once(world, 'spawn');
	const lines = createInterface({ input: world.stdout })[Symbol.asyncIterator]();
	const ask = async (line: string): Promise<string> => {
		world.stdin.write(`${line}\n`);
		const answer = await lines.next();
		if (answer.done) throw new Error('the upstreams have ended');
		return answer.value;
	};
	ip('link set lo up');
	for (const address of plan.addresses) ip(`address add ${address}/32 dev lo`);
	ip('link add name node type veth peer name world');
	ip(`address add ${nodeEnd}/30 dev node`);
	ip('link set node up');
	await giveAway(world.pid!);
	await ask('start');
	ip(`route add default via ${worldEnd}`);
	return { ask, end: () => void world.stdin.end() };
}

/** `unshare` enters its namespace a moment after it was started; until then the cable's end would stay here. */
async function giveAway(pid: number): Promise<void> {
	const namespace = (who: string): string => readlinkSync(`/proc/${who}/ns/net`);
	while (namespace(String(pid)) === namespace('self')) await sleep(10);
	ip(`link set world netns ${pid}`);
}

function dataText(data: unknown): string {
	return typeof data === 'object' && data !== null && !Buffer.isBuffer(data)
		? JSON.stringify(data)
		: String(data);
}

/** The octets of an EDNS option; undefined: it is not there. */
function optionOf(octets: Buffer, code: number): Buffer | undefined {
	for (let at = 12; at + 4 <= octets.length; at++) {
		// OPT: root, type 41.
		if (octets[at] !== 0 || octets.readUInt16BE(at + 1) !== 41 || at + 11 > octets.length) continue;
		for (let option = at + 11; option + 4 <= octets.length; ) {
			const length = octets.readUInt16BE(option + 2);
			if (octets.readUInt16BE(option) === code) return octets.subarray(option + 4, option + 4 + length);
			option += 4 + length;
		}
	}
	return undefined;
}

async function askOnce(
	question: NodeQuestion,
	transport: 'udp' | 'tcp',
	asked: (name: string, type: string) => Promise<string[]>,
): Promise<NodeAnswer> {
	const { server, port = 53, name, type = 'A', nsid } = question;
	const client = await (transport === 'tcp' ? TcpClient : UdpClient).open({ address: server, port });
	const edns = nsid ? { edns: { options: [{ code: nsidCode, data: new Uint8Array() }] } } : {};
	const octets = await client.exchange(makeQuery(name, { type, ...edns }));
	client.close();
	const { rcode, flags, answers } = decodeReply(octets);
	return {
		transport,
		rcode,
		flags,
		data: answers.map(({ data }) => dataText(data)),
		nsid: nsid ? optionOf(octets, nsidCode)?.toString('latin1') : undefined,
		asked: await asked(name, type),
	};
}

function page(url: string): Promise<{ status: number; body: string }> {
	return new Promise((resolve) => {
		const request = get(url, { timeout: pageLimitMs, agent: false }, async (response) => {
			resolve({ status: response.statusCode ?? 0, body: await text(response) });
		});
		request.once('timeout', () => request.destroy());
		request.once('error', () => resolve({ status: 0, body: '' }));
	});
}

const endings: (() => Promise<void>)[] = [];
const cleanup: Cleanup = { after: (done) => void endings.push(done) };
async function end(): Promise<void> {
	for (const ending of endings.splice(0).reverse()) await ending();
}
process.once('SIGTERM', () => end().finally(() => process.exit(1)));

function startServer(): Promise<Child> {
	const corefile = join(plan.directory, 'Corefile');
	if (plan.coredns === undefined) {
		return spawnPetrel(cleanup, ['serve', corefile, '--workers', '2'], { cwd: plan.directory });
	}
	return Child.start(cleanup, plan.coredns, ['-conf', corefile], { cwd: plan.directory });
}

async function visit(server: Child, ask: (line: string) => Promise<string>): Promise<NodeResult> {
	await server.output((stdout, stderr) =>
		/^.* ready: .*$/m.test(stderr) || /^CoreDNS-/m.test(stdout) ? true : undefined,
	);
	const asked = async (name: string, type: string): Promise<string[]> =>
		JSON.parse(await ask(`${name} ${type}`));
	const answers: [NodeAnswer, NodeAnswer][] = [];
	for (const question of plan.questions) {
		const udp = await askOnce(question, 'udp', asked);
		answers.push([udp, await askOnce(question, 'tcp', asked)]);
	}
	const pages = await Promise.all(plan.urls.map(page));
	const { code } = await server.stop();
	return { answers, pages, exitCode: code, log: server.stderr };
}

writeEtc();
const world = await startWorld();
try {
	process.stdout.write(JSON.stringify(await visit(await startServer(), world.ask)));
} finally {
	await end();
	world.end();
}
