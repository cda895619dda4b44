/** The sockets of this machine that listen, from /proc/net, and whose they are. */
import ipaddr from 'ipaddr.js';
import { isWildcard } from '../../net/addresses.ts';
import type { MachineReader } from './reader.ts';

export interface ListeningSocket {
	readonly protocol: 'UDP' | 'TCP';
	readonly address: string;
	readonly port: number;
	readonly inode: string;
}

export interface SocketOwner {
	readonly pid: number;
	readonly name: string;
	readonly isPetrel: boolean;
}

/** In column `st` of /proc/net/tcp. */
const tcpListen = '0A';
/** Of a UDP socket that is not connected. */
const udpUnconnected = '07';

export function listeningSockets(reader: MachineReader): ListeningSocket[] {
	return (['UDP', 'TCP'] as const).flatMap((protocol) =>
		['', '6'].flatMap((family) =>
			(reader.readText(`/proc/net/${protocol.toLowerCase()}${family}`) ?? '')
				.split('\n')
				.slice(1)
				.flatMap((line) => readLine(line, protocol)),
		),
	);
}

function readLine(line: string, protocol: 'UDP' | 'TCP'): ListeningSocket[] {
	const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
	if (local === undefined || inode === undefined) return [];
	if (state !== (protocol === 'TCP' ? tcpListen : udpUnconnected)) return [];
	const [hex, port] = local.split(':');
	return [{ protocol, address: readAddress(hex), port: Number.parseInt(port, 16), inode }];
}

/** The kernel writes each 32-bit word in the order of this machine's octets: little-endian, wherever petrel runs. */
function readAddress(hex: string): string {
	const octets: number[] = [];
	for (let word = 0; word < hex.length; word += 8) {
		for (let i = 6; i >= 0; i -= 2) octets.push(Number.parseInt(hex.slice(word + i, word + i + 2), 16));
	}
	return ipaddr.fromByteArray(octets).toString();
}

/** Sockets that keep petrel off an address: the same one, or either a wildcard of the same family. */
export function socketsAt(
	sockets: readonly ListeningSocket[],
	address: string,
	port: number,
): ListeningSocket[] {
	return sockets.filter((socket) => {
		if (socket.port !== port) return false;
		if (socket.address === address || address === '') return true;
		const isSameFamily = socket.address.includes(':') === address.includes(':');
		return (isSameFamily || socket.address === '::') && (isWildcard(socket.address) || isWildcard(address));
	});
}

/** Which process has a socket; undefined where that may not be seen. */
export function ownerOf(inode: string, reader: MachineReader): SocketOwner | undefined {
	const link = `socket:[${inode}]`;
	for (const pid of reader.readNames('/proc') ?? []) {
		if (!/^\d+$/.test(pid)) continue;
		for (const fd of reader.readNames(`/proc/${pid}/fd`) ?? []) {
			if (reader.readLink(`/proc/${pid}/fd/${fd}`) !== link) continue;
			const name = reader.readText(`/proc/${pid}/comm`)?.trim() ?? '?';
			const command = reader.readText(`/proc/${pid}/cmdline`) ?? '';
			return { pid: Number(pid), name, isPetrel: /petrel(\.js)?\0serve\0/.test(command) };
		}
	}
	return undefined;
}
