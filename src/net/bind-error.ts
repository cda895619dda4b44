import { isIPv6 } from 'node:net';
import { messageOf, PetrelError } from '../util/errors.ts';

export type BindProtocol = 'UDP' | 'TCP';

/** Ports below this one need a privilege on Linux (net.ipv4.ip_unprivileged_port_start's default). */
const firstFreePort = 1024;

/** An address and port as a person writes them: `127.0.0.1:53`, `[::1]:53`. */
export function hostPort(address: string, port: number): string {
	return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `PETREL_BIND` for an address that could not be bound: which one, why, and what to do. */
export function bindError(
	protocol: BindProtocol,
	address: string,
	port: number,
	thrown: unknown,
): PetrelError {
	const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? '';
	const reason = explain(protocol, port, code) ?? messageOf(thrown);
	return new PetrelError(
		'PETREL_BIND',
		`cannot listen on ${protocol} ${hostPort(address, port)}: ${reason}`,
		{
			cause: thrown,
		},
	);
}

function explain(protocol: BindProtocol, port: number, code: string): string | undefined {
	switch (code) {
		case 'EADDRINUSE': {
			const list = protocol === 'UDP' ? 'ss -lunp' : 'ss -ltnp';
			return (
				`the port is in use (${code}). Another DNS server may hold it (systemd-resolved, dnsmasq, unbound, ` +
				`another petrel): \`${list} 'sport = :${port}'\` names it. Stop it, or choose another address or port ` +
				'with --listen.'
			);
		}
		case 'EACCES':
			return port < firstFreePort
				? `not permitted (${code}). Ports below ${firstFreePort} need the capability NET_BIND_SERVICE: grant it, ` +
						`or choose a port from ${firstFreePort} up with --listen.`
				: `not permitted (${code}) by a policy of this system. Choose another port with --listen.`;
		case 'EADDRNOTAVAIL':
			return (
				`this machine has no such address (${code}). \`ip address\` lists those it has: choose one of them with ` +
				'--listen or `bind`, or add the address to an interface first.'
			);
		case 'EAFNOSUPPORT':
			return `this machine has no such address family (${code}): IPv6 may be switched off. Leave the address out.`;
		default:
			return undefined;
	}
}
