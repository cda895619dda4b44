import { type Examine, note, ok, problem } from './finding.ts';
import type { MachineReader } from './reader.ts';

/** Bits of the capability sets in /proc/self/status (linux/capability.h). */
const capabilityBits = { NET_BIND_SERVICE: 10, NET_ADMIN: 12 } as const;

/** Where the kernel says nothing else, ports from here on are everybody's. */
const unprivilegedPortStart = 1024;
const dnsPort = 53;

export function hasCapability(reader: MachineReader, name: keyof typeof capabilityBits): boolean {
	const text = /^CapEff:\s*([0-9a-f]+)/m.exec(reader.readText('/proc/self/status') ?? '')?.[1];
	if (text === undefined) return reader.uid === 0;
	return ((BigInt(`0x${text}`) >> BigInt(capabilityBits[name])) & 1n) === 1n;
}

export const examinePrivileges: Examine = ({ reader, endpoints }) => {
	const text = reader.readText('/proc/sys/net/ipv4/ip_unprivileged_port_start')?.trim();
	const start = text === undefined ? unprivilegedPortStart : Number(text);
	const ports = endpoints.map(({ port }) => port).filter((port) => port > 0);
	const lowest = ports.length > 0 ? Math.min(...ports) : dnsPort;
	if (lowest >= start)
		return [ok('privileges', `port ${lowest} needs no privilege (ports from ${start} on do not)`)];
	if (hasCapability(reader, 'NET_BIND_SERVICE')) return [ok('privileges', `port ${lowest} may be bound`)];
	const todo =
		'give it NET_BIND_SERVICE (AmbientCapabilities= in systemd, capabilities.add in a pod), or a port from 1024 on';
	const what = `port ${lowest} may not be bound: the process has no NET_BIND_SERVICE`;
	return [ports.length > 0 ? problem('privileges', what, todo) : note('privileges', what, todo)];
};
