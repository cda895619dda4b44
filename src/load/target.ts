import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { PetrelError } from '../util/errors.ts';

/** Where queries go. */
export interface Target {
	/** What reports call it: the name that it was given, or all of it as it was written. */
	readonly text: string;
	readonly transport: 'udp' | 'tcp';
	readonly address: string;
	readonly port: number;
}

const dnsPort = 53;

/** Schemes that are known and cannot be used. */
const unavailable: Readonly<Record<string, string>> = {
	tls: 'DNS over TLS',
	https: 'DNS over HTTPS',
	quic: 'DNS over QUIC',
};

function refuse(text: string, why: string): never {
	throw new PetrelError('PETREL_CONFIG', `target ${text}: ${why}`);
}

/**
 * "192.0.2.1", "192.0.2.1:5300", "::1", "[::1]:53", "udp://…", "tcp://…", and any of these behind "NAME=", which reports then call
 * it. Throws `PETREL_CONFIG`. Host names are not looked up: a load test that hits whatever a name means today is nobody's wish.
 */
export function parseTarget(written: string): Target {
	const named = /^([\w.-]{1,40})=(.+)$/.exec(written);
	const text = named?.[1] ?? written;
	const [, scheme = 'udp', rest] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(named?.[2] ?? written)!;
	const transport = scheme.toLowerCase();
	if (Object.hasOwn(unavailable, transport)) {
		refuse(text, `${unavailable[transport]} is not built yet; use an address for UDP, or tcp://`);
	}
	if (transport !== 'udp' && transport !== 'tcp') {
		refuse(text, `"${scheme}" is no transport; write an address for UDP, or tcp://ADDRESS`);
	}
	if (isIP(rest) !== 0) return { text, transport, address: rest, port: dnsPort };
	const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest);
	const address = match?.[1] ?? match?.[2] ?? '';
	if (isIP(address) === 0) {
		refuse(text, 'write an IP address, as in 192.0.2.1, 127.0.0.1:5300, [::1]:53 or tcp://192.0.2.1');
	}
	const port = match?.[3] === undefined ? dnsPort : Number(match[3]);
	if (port < 1 || port > 0xffff) refuse(text, `${port} is no port; it is a number from 1 to 65535`);
	return { text, transport, address, port };
}

const ownRanges = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

/** Whether an address is of this machine or of a private network: loopback, RFC 1918, RFC 4193, link-local, RFC 6598. */
export function isOwnNetwork(address: string): boolean {
	const [bare] = address.split('%');
	return ownRanges.has(ipaddr.process(bare).range());
}

/** Throws unless every target is in a network of one's own, or `owned` says that it may be loaded. */
export function checkTargets(targets: readonly Target[], owned: boolean): void {
	for (const { text, address } of targets) {
		if (owned || isOwnNetwork(address)) continue;
		refuse(
			text,
			`${address} is a public address, and a load test of somebody else's server is an attack; if it is yours, say --i-own-this-target`,
		);
	}
}
