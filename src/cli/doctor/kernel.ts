/** Limits of the kernel that lose queries when they are too low. */
import { wantedReceiveBufferBytes } from '../../net/listener-defaults.ts';
import { formatSize } from '../../server/ready-text.ts';
import { type Check, type Examine, note, ok, problem } from './finding.ts';
import { hasCapability } from './privileges.ts';
import type { MachineReader } from './reader.ts';

/** Below it a hundred connections and the sockets for a few upstreams do not fit. */
const openFilesLeast = 256;
/** What upstream sockets and TCP clients of a busy node take, with room. */
const openFilesGood = 4096;
const conntrackTight = 0.8;
/** Answers of one turn to all of its clients. */
const sendBufferGoodBytes = 200 * 1024;

export const examineSocketBuffers: Examine = ({ reader }) => [receiveBuffer(reader), sendBuffer(reader)];

function receiveBuffer(reader: MachineReader): Check {
	const granted = numberIn(reader, '/proc/sys/net/core/rmem_max');
	const wanted = formatSize(wantedReceiveBufferBytes);
	if (granted === undefined) {
		const todo = 'on the machine itself: sysctl net.core.rmem_max';
		return note('receive-buffer', 'net.core.rmem_max cannot be read here', todo);
	}
	if (granted >= wantedReceiveBufferBytes) {
		return ok('receive-buffer', `net.core.rmem_max is ${formatSize(granted)}, petrel asks for ${wanted}`);
	}
	if (reader.addonFault === undefined && hasCapability(reader, 'NET_ADMIN')) {
		return ok(
			'receive-buffer',
			`net.core.rmem_max is ${formatSize(granted)}; with NET_ADMIN petrel gets its ${wanted}`,
		);
	}
	return note(
		'receive-buffer',
		`net.core.rmem_max is ${formatSize(granted)}, petrel asks for ${wanted}: bursts may be lost`,
		`sysctl -w net.core.rmem_max=${wantedReceiveBufferBytes}`,
	);
}

/** petrel takes the size that the kernel gives every socket. */
function sendBuffer(reader: MachineReader): Check {
	const given = numberIn(reader, '/proc/sys/net/core/wmem_default');
	const most = numberIn(reader, '/proc/sys/net/core/wmem_max');
	if (given === undefined || most === undefined) {
		const todo = 'on the machine itself: sysctl net.core.wmem_default';
		return note('send-buffer', 'net.core.wmem_default cannot be read here', todo);
	}
	const text = `net.core.wmem_default is ${formatSize(given)} (wmem_max ${formatSize(most)}); petrel asks for no other`;
	if (given >= sendBufferGoodBytes) return ok('send-buffer', text);
	return note(
		'send-buffer',
		`${text}: replies of a burst may be lost`,
		'sysctl -w net.core.wmem_default=212992',
	);
}

export const examineOpenFiles: Examine = ({ reader }) => {
	const match = /^Max open files\s+(\S+)\s+(\S+)/m.exec(reader.readText('/proc/self/limits') ?? '');
	if (!match) return [];
	const soft = match[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(match[1]);
	const text = `at most ${match[1]} open files`;
	if (soft >= openFilesGood) return [ok('open-files', text)];
	const todo = `ulimit -n 65536, or LimitNOFILE=65536 in the unit of systemd`;
	const why = `${text}: TCP clients and sockets to upstreams need them`;
	return [soft < openFilesLeast ? problem('open-files', why, todo) : note('open-files', why, todo)];
};

export const examineConntrack: Examine = ({ reader }) => {
	const most = numberIn(reader, '/proc/sys/net/netfilter/nf_conntrack_max');
	if (most === undefined) return [ok('conntrack', 'connections are not tracked here')];
	const count = numberIn(reader, '/proc/sys/net/netfilter/nf_conntrack_count') ?? 0;
	const text = `${count} of ${most} tracked connections`;
	const todo =
		'exempt port 53 (NOTRACK), as NodeLocal DNSCache does, or raise net.netfilter.nf_conntrack_max';
	if (count >= most * conntrackTight)
		return [problem('conntrack', `${text}: when it is full, queries are lost`, todo)];
	return [ok('conntrack', text)];
};

function numberIn(reader: MachineReader, path: string): number | undefined {
	const text = reader.readText(path)?.trim();
	return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
