/** Real DNS programs as neighbours of petrel: dnsmasq, unbound, dig. Each on loopback, with a configuration of its own. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Child, type Cleanup, runToEnd } from './child.ts';
import { askUdp, NoAnswer, type Server, UdpClient } from './client.ts';
import { freePort } from './free-port.ts';
import { type Ask, decodeReply, makeQuery } from './message.ts';
import { temporaryDirectory } from './petrel.ts';

const packages = { dnsmasq: 'dnsmasq-base', unbound: 'unbound', dig: 'bind9-dnsutils' };
type Program = keyof typeof packages;

/** Where system programs are that are not in everybody's PATH. */
const systemDirectories = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

function findProgram(name: Program): string | undefined {
	const directories = [...(process.env.PATH ?? '').split(delimiter), ...systemDirectories];
	return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

/** For a test's options: why it is skipped, or false. */
export function unlessInstalled(...programs: Program[]): { skip: string | false } {
	const missing = programs.filter((name) => findProgram(name) === undefined);
	const hints = missing.map((name) => `${name} is not installed (Debian: ${packages[name]})`);
	return { skip: missing.length > 0 && hints.join(', ') };
}

/** Started with a port that was free a moment ago: when somebody else was faster, another one is tried. */
const startTries = 5;

/** Whether a server has begun to answer; false when its process has ended instead. */
async function answers(child: Child, server: Server, probe: Buffer): Promise<boolean> {
	for (;;) {
		if (child.ended) return false;
		const client = await UdpClient.open(server);
		try {
			await client.exchange(probe, 200);
			return true;
		} catch (thrown) {
			if (!(thrown instanceof NoAnswer)) throw thrown;
		} finally {
			client.close();
		}
	}
}

async function startServer(
	cleanup: Cleanup,
	program: string,
	probe: Buffer,
	argumentsFor: (port: number) => Promise<readonly string[]>,
): Promise<{ child: Child; server: Server }> {
	for (let tries = 1; ; tries++) {
		const server = { address: '127.0.0.1', port: await freePort() };
		const child = await Child.start(cleanup, program, await argumentsFor(server.port));
		if (await answers(child, server, probe)) return { child, server };
		if (tries === startTries) throw new Error(`${program} does not start:\n${child.stderr}${child.stdout}`);
	}
}

const chaos = 3;
/** Asks a server about itself: class CH is never forwarded by those that are asked here. */
function chaosQuery(name: string): Buffer {
	return makeQuery(name, { type: 'TXT', class: chaos });
}

export interface Dnsmasq extends Server {
	readonly target: string;
	/** Queries answered from its cache, and forwarded ones: its own `hits.bind` and `misses.bind`. */
	counters(): Promise<{ hits: number; misses: number; insertions: number }>;
}

/** dnsmasq as a node's cache: forwards everything to `upstream`, keeps 1000 names. */
export async function startDnsmasq(
	cleanup: Cleanup,
	upstream: Server,
	more: readonly string[] = [],
): Promise<Dnsmasq> {
	const pidFile = join(await temporaryDirectory(cleanup), 'dnsmasq.pid');
	const { server } = await startServer(
		cleanup,
		findProgram('dnsmasq')!,
		chaosQuery('cachesize.bind'),
		async (port) => [
			'--keep-in-foreground',
			'--conf-file=/dev/null',
			`--pid-file=${pidFile}`,
			'--log-facility=-',
			'--no-resolv',
			'--no-hosts',
			'--no-poll',
			`--port=${port}`,
			'--listen-address=127.0.0.1',
			'--bind-interfaces',
			`--server=${upstream.address}#${upstream.port}`,
			'--cache-size=1000',
			...(process.getuid?.() === 0 ? ['--user=root', '--group='] : []),
			...more,
		],
	);
	const counter = async (name: string): Promise<number> => {
		const client = await UdpClient.open(server);
		const reply = decodeReply(await client.exchange(chaosQuery(`${name}.bind`)));
		client.close();
		return Number(String(reply.answers[0].data));
	};
	return {
		...server,
		target: `${server.address}:${server.port}`,
		counters: async () => ({
			hits: await counter('hits'),
			misses: await counter('misses'),
			insertions: await counter('insertions'),
		}),
	};
}

/** unbound without its own recursion or validation: everything is forwarded to `upstream`. */
export async function startUnbound(
	cleanup: Cleanup,
	upstream: Server,
): Promise<Server & { readonly target: string }> {
	const directory = await temporaryDirectory(cleanup);
	const path = join(directory, 'unbound.conf');
	const configuration = (port: number): string => `
server:
	interface: 127.0.0.1
	port: ${port}
	do-daemonize: no
	do-not-query-localhost: no
	num-threads: 1
	use-syslog: no
	logfile: ""
	chroot: ""
	username: ""
	directory: "${directory}"
	pidfile: ""
	module-config: "iterator"
	local-zone: "test." nodefault
	qname-minimisation: no
	access-control: 127.0.0.0/8 allow
remote-control:
	control-enable: no
forward-zone:
	name: "."
	forward-addr: ${upstream.address}@${upstream.port}
`;
	const { server } = await startServer(
		cleanup,
		findProgram('unbound')!,
		makeQuery('localhost'),
		async (port) => {
			await writeFile(path, configuration(port));
			return ['-d', '-c', path];
		},
	);
	return { ...server, target: `${server.address}:${server.port}` };
}

export interface DigReply {
	readonly status: string;
	readonly flags: string;
	readonly answers: readonly string[];
}

/** Asks with the real dig. */
export async function dig(server: Server, ...question: readonly string[]): Promise<DigReply> {
	const at = [`@${server.address}`, '-p', String(server.port)];
	const { stdout, code } = await runToEnd(findProgram('dig')!, [...at, '+tries=2', '+time=5', ...question]);
	const head = /status: (\w+)[\s\S]*?flags: ([\w ]+);/.exec(stdout);
	if (code !== 0 || !head) throw new Error(`dig ${question.join(' ')} got no answer:\n${stdout}`);
	const section = /;; ANSWER SECTION:\n([\s\S]*?)\n\n/.exec(stdout)?.[1] ?? '';
	return {
		status: head[1],
		flags: head[2].trim(),
		answers: section.split('\n').filter((line) => line !== ''),
	};
}

/** The flags that a plain client sees, twice in a row. */
export async function flagsTwice(server: Server, name: string, ask: Ask = {}): Promise<readonly string[]> {
	const first = await askUdp(server, name, ask);
	return [first.flags, (await askUdp(server, name, ask)).flags];
}
