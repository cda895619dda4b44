/** `petrel doctor` on machines that are made up: each check as it is well, and as it is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine } from '../../../src/cli/doctor/examine.ts';
import type { Check } from '../../../src/cli/doctor/finding.ts';
import type { MachineReader } from '../../../src/cli/doctor/reader.ts';
import type { LoadResult } from '../../../src/config/load.ts';
import { load } from '../config/support.ts';

const mebibyte = 2 ** 20;

interface MachineParts extends Partial<Omit<MachineReader, 'readText' | 'readNames' | 'readLink'>> {
	readonly files?: Readonly<Record<string, string>>;
	readonly links?: Readonly<Record<string, string>>;
}

const header =
	'  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const socketLine = (local: string, state: string, inode: number): string =>
	`   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0 0\n`;

const healthy: Readonly<Record<string, string>> = {
	'/proc/sys/kernel/osrelease': '6.12.0\n',
	'/proc/sys/net/core/rmem_max': '4194304\n',
	'/proc/sys/net/core/wmem_default': '212992\n',
	'/proc/sys/net/core/wmem_max': '212992\n',
	'/proc/self/limits':
		'Limit  Soft  Hard  Units\nMax open files            65536                65536                files\n',
	'/proc/self/status': 'CapEff:\t0000000000000400\n',
	'/proc/sys/net/ipv4/ip_unprivileged_port_start': '1024\n',
	'/proc/net/udp': header,
	'/proc/net/tcp': header,
	'/etc/resolv.conf': 'nameserver 192.0.2.53\n',
};

function machine({ files = {}, links = {}, ...rest }: MachineParts = {}): MachineReader {
	const texts = { ...healthy, ...files };
	const paths = [...Object.keys(texts), ...Object.keys(links)];
	const info = { netmask: '255.0.0.0', mac: '00:00:00:00:00:00', internal: true, cidr: null } as const;
	return {
		nodeVersion: '26.10.0',
		platform: 'linux',
		arch: 'x64',
		uid: 1000,
		env: {},
		interfaces: { lo: [{ ...info, family: 'IPv4', address: '127.0.0.1' }] },
		resources: { cpus: 4, memoryLimitBytes: 512 * mebibyte },
		addonFault: undefined,
		...rest,
		readText: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
		readNames: (path) => {
			const inside = paths.filter((each) => each.startsWith(`${path}/`));
			return [...new Set(inside.map((each) => each.slice(path.length + 1).split('/')[0]))];
		},
		readLink: (path) => links[path],
	};
}

interface Settings {
	readonly loaded?: LoadResult;
	readonly cacheBytes?: number;
	readonly workers?: number;
}

function checks(
	parts: MachineParts,
	{ loaded, cacheBytes = 32 * mebibyte, workers }: Settings = {},
): Check[] {
	return examine(machine(parts), { cacheBytes, workers, loaded });
}

const local = (lines = ''): LoadResult => load(`. {\nbind 127.0.0.1\nforward . 192.0.2.1\n${lines}\n}\n`);

test('doctor: a machine that is well', () => {
	const all = checks({}, { loaded: local() });
	assert.deepEqual(
		all.filter(({ level }) => level !== 'ok'),
		[],
	);
	assert.deepEqual(
		all.map(({ id }) => id),
		[
			...[
				'node',
				'transport',
				'reuse-port',
				'container',
				'cpu',
				'workers',
				'memory',
				'receive-buffer',
				'send-buffer',
			],
			...['open-files', 'conntrack', 'corefile', 'resolv-conf', 'privileges', 'dns-ports'],
		],
	);
	assert.match(all.find(({ id }) => id === 'workers')!.text, /^4 workers would run \(4 CPUs\)$/);
});

/** A socket of a process: its line, and where the process has it. */
function taken(table: 'udp' | 'tcp', local: string, command: string): MachineParts {
	return {
		files: {
			[`/proc/net/${table}`]: header + socketLine(local, table === 'udp' ? '07' : '0A', 4711),
			'/proc/812/comm': 'dnsmasq\n',
			'/proc/812/cmdline': command,
		},
		links: { '/proc/812/fd/3': 'pipe:[1]', '/proc/812/fd/4': 'socket:[4711]' },
	};
}

interface Row {
	readonly name: string;
	readonly parts?: MachineParts;
	readonly settings?: Settings;
	readonly id: string;
	readonly level: Check['level'];
	readonly text: RegExp;
}

const file = (path: string, text: string): MachineParts => ({ files: { [path]: text } });

const rows: Row[] = [
	{
		name: 'an old Node.js',
		parts: { nodeVersion: '22.17.1' },
		id: 'node',
		level: 'problem',
		text: /too old/,
	},
	{
		name: 'a line without support',
		parts: { nodeVersion: '25.1.0' },
		id: 'node',
		level: 'note',
		text: /25\.1\.0/,
	},
	{
		name: 'no addon',
		parts: { addonFault: 'the native addon is not built' },
		id: 'transport',
		level: 'note',
		text: /node:dgram: the native addon is not built/,
	},
	{
		name: 'node:dgram by the environment',
		parts: { env: { PETREL_TRANSPORT: 'dgram' } },
		id: 'transport',
		level: 'note',
		text: /PETREL_TRANSPORT/,
	},
	{ name: 'another system', parts: { platform: 'darwin' }, id: 'reuse-port', level: 'note', text: /darwin/ },
	{
		name: 'an old kernel',
		parts: file('/proc/sys/kernel/osrelease', '3.8.1'),
		id: 'reuse-port',
		level: 'problem',
		text: /3\.8\.1/,
	},
	{
		name: 'a pod',
		parts: { env: { KUBERNETES_SERVICE_HOST: '10.96.0.1' } },
		id: 'container',
		level: 'ok',
		text: /in a pod/,
	},
	{
		name: 'a CPU quota below the workers',
		parts: file('/sys/fs/cgroup/cpu.max', '150000 100000\n'),
		id: 'cpu',
		level: 'note',
		text: /the time of 1\.5: 4 busy workers/,
	},
	{
		name: 'a CPU quota of cgroup v1',
		parts: {
			files: {
				'/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000',
				'/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
			},
		},
		id: 'cpu',
		level: 'note',
		text: /0\.5/,
	},
	{
		name: 'memory for fewer workers',
		parts: { resources: { cpus: 4, memoryLimitBytes: 160 * mebibyte } },
		id: 'workers',
		level: 'ok',
		text: /^2 workers would run \(memory limit 160 MiB\)$/,
	},
	{
		name: 'a cache that the memory limit does not hold',
		parts: { resources: { cpus: 1, memoryLimitBytes: 128 * mebibyte } },
		settings: { cacheBytes: 64 * mebibyte },
		id: 'memory',
		level: 'problem',
		text: /limit 128 MiB, cache 64 MiB/,
	},
	{
		name: 'a small receive buffer',
		parts: file('/proc/sys/net/core/rmem_max', '212992'),
		id: 'receive-buffer',
		level: 'note',
		text: /208 KiB, petrel asks for 4 MiB/,
	},
	{
		name: 'a small receive buffer that the privileged exceed',
		parts: {
			files: { '/proc/sys/net/core/rmem_max': '212992', '/proc/self/status': 'CapEff:\t0000000000001400\n' },
		},
		id: 'receive-buffer',
		level: 'ok',
		text: /NET_ADMIN/,
	},
	{
		name: 'a small send buffer',
		parts: file('/proc/sys/net/core/wmem_default', '65536'),
		id: 'send-buffer',
		level: 'note',
		text: /64 KiB/,
	},
	{
		name: 'few open files',
		parts: file('/proc/self/limits', 'Max open files            1024   4096   files\n'),
		id: 'open-files',
		level: 'note',
		text: /1024/,
	},
	{
		name: 'too few open files',
		parts: file('/proc/self/limits', 'Max open files            64   4096   files\n'),
		id: 'open-files',
		level: 'problem',
		text: /64/,
	},
	{
		name: 'a full table of connections',
		parts: {
			files: {
				'/proc/sys/net/netfilter/nf_conntrack_max': '1000',
				'/proc/sys/net/netfilter/nf_conntrack_count': '900',
			},
		},
		id: 'conntrack',
		level: 'problem',
		text: /900 of 1000/,
	},
	{
		name: 'the stub of systemd-resolved',
		parts: file('/etc/resolv.conf', 'nameserver 127.0.0.53'),
		id: 'resolv-conf',
		level: 'note',
		text: /systemd-resolved/,
	},
	{
		name: 'a resolv.conf that names this machine',
		parts: file('/etc/resolv.conf', 'nameserver 127.0.0.1'),
		id: 'resolv-conf',
		level: 'note',
		text: /127\.0\.0\.1, an address of this machine/,
	},
	{
		name: 'a Corefile that goes in a circle here',
		parts: file('/etc/resolv.conf', 'nameserver 127.0.0.1'),
		settings: { loaded: load('. {\nbind 127.0.0.1\nforward . /etc/resolv.conf\n}\n') },
		id: 'corefile',
		level: 'problem',
		text: /Corefile:3: .*petrel itself/,
	},
	{
		name: 'a Corefile with errors',
		settings: { loaded: load('. {\nforwrd . 192.0.2.1\n}\n') },
		id: 'corefile',
		level: 'problem',
		text: /Corefile:2:1: .*forwrd/,
	},
	{
		name: 'a low port without the capability',
		parts: file('/proc/self/status', 'CapEff:\t0000000000000000\n'),
		settings: { loaded: local() },
		id: 'privileges',
		level: 'problem',
		text: /port 53 may not be bound/,
	},
	{
		name: 'a low port that the kernel gives everybody',
		parts: {
			files: {
				'/proc/self/status': 'CapEff:\t0000000000000000\n',
				'/proc/sys/net/ipv4/ip_unprivileged_port_start': '0\n',
			},
		},
		settings: { loaded: local() },
		id: 'privileges',
		level: 'ok',
		text: /needs no privilege/,
	},
	{
		name: 'an address that is not here',
		settings: { loaded: load('. {\nbind 169.254.20.10\nforward . 192.0.2.1\n}\n') },
		id: 'bind-address',
		level: 'problem',
		text: /169\.254\.20\.10 is no address/,
	},
	{
		name: 'an interface that may come',
		settings: { loaded: load('. {\nbind nodelocaldns\nforward . 192.0.2.1\n}\n') },
		id: 'bind-address',
		level: 'note',
		text: /no interface nodelocaldns/,
	},
	{
		name: 'somebody else on the port, by UDP',
		parts: taken('udp', '0100007F:0035', 'dnsmasq\0'),
		settings: { loaded: local() },
		id: 'dns-ports',
		level: 'problem',
		text: /dnsmasq \(pid 812\) has UDP 127\.0\.0\.1:53/,
	},
	{
		name: 'somebody else on the wildcard, by TCP',
		parts: taken('tcp', '00000000:0035', 'dnsmasq\0'),
		settings: { loaded: local() },
		id: 'dns-ports',
		level: 'problem',
		text: /TCP 0\.0\.0\.0:53/,
	},
	{
		name: 'somebody else on another address of the port',
		parts: taken('udp', '3500007F:0035', 'x\0'),
		settings: { loaded: local() },
		id: 'dns-ports',
		level: 'ok',
		text: /free/,
	},
	{
		name: 'petrel itself on the port',
		parts: taken('udp', '0100007F:0035', 'node\0bin/petrel.js\0serve\0Corefile\0'),
		settings: { loaded: local() },
		id: 'dns-ports',
		level: 'ok',
		text: /petrel has it \(pid 812\)/,
	},
	{
		name: 'a process that may not be seen',
		parts: file('/proc/net/udp', header + socketLine('0100007F:0035', '07', 9)),
		settings: { loaded: local() },
		id: 'dns-ports',
		level: 'problem',
		text: /somebody else/,
	},
	{
		name: 'port 53 without a Corefile',
		parts: taken('udp', '3500007F:0035', 'x\0'),
		id: 'dns-ports',
		level: 'note',
		text: /dnsmasq \(pid 812\) has UDP 127\.0\.0\.53:53/,
	},
	{
		name: 'an IPv6 address in /proc',
		parts: {
			files: { '/proc/net/udp6': header + socketLine('00000000000000000000000001000000:0035', '07', 9) },
		},
		id: 'dns-ports',
		level: 'note',
		text: /UDP \[::1\]:53/,
	},
];

for (const { name, parts = {}, settings, id, level, text } of rows) {
	test(`doctor: ${name}`, () => {
		const found = checks(parts, settings).filter((check) => check.id === id);
		assert.ok(
			found.some((check) => check.level === level && text.test(check.text)),
			JSON.stringify(found),
		);
		if (level !== 'ok')
			assert.ok(
				found.every(({ todo, level: each }) => each === 'ok' || todo),
				'says what to do',
			);
	});
}

test('doctor: the ports of health, ready and prometheus, the same one once', () => {
	const loaded = load('a.example {\nwhoami\n}\nb.example {\nwhoami\n}\n');
	const at = { file: 'Corefile', line: 1, column: 1 };
	const prometheus = { at, address: 'localhost', port: 9153 };
	const blocks = loaded.model!.blocks.map((block) => ({ ...block, prometheus }));
	const withPorts = { ...loaded, model: { ...loaded.model!, blocks } };
	const free = checks({}, { loaded: withPorts }).filter(({ id }) => id === 'prometheus-port');
	assert.deepEqual(
		free.map(({ level, text }) => [level, text]),
		[['ok', '127.0.0.1:9153 is free']],
	);
	const busy = checks(taken('tcp', '00000000:23C1', 'x\0'), { loaded: withPorts });
	assert.equal(busy.find(({ id }) => id === 'prometheus-port')?.level, 'problem');
});

test('doctor: where /proc is not there, nothing is said to be free', () => {
	const reader: MachineReader = { ...machine({ platform: 'darwin' }), readText: () => undefined };
	const all = examine(reader, { cacheBytes: mebibyte, workers: 1, loaded: undefined });
	assert.equal(all.find(({ id }) => id === 'dns-ports')?.level, 'note');
});
