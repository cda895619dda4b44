import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Wildcards: every address of the family. */
const anyIPv4 = '0.0.0.0';
const anyIPv6 = '::';

/** The machine's interfaces, as `os.networkInterfaces` gives them. */
export type Interfaces = ReturnType<typeof networkInterfaces>;

export interface ExpandedBind {
	/** Canonical, each once, in the order they were asked for. */
	readonly addresses: string[];
	/** What is neither an address nor an interface of this machine. */
	readonly unknown: string[];
}

/**
 * Every address of this machine that a socket can be bound to, loopback included, in canonical form, each
 * once. IPv6 link-local addresses are left out: they mean nothing without an interface, and no resolv.conf
 * points at one.
 */
export function localAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
	return unique(Object.values(interfaces).flatMap(addressesOf));
}

/**
 * The addresses that a `bind` line means: interface names become their addresses, addresses are kept (also
 * such as this machine does not have: binding will tell), `0.0.0.0` and `::` become every local address of
 * the family, and an empty list every local address, since a node:dgram socket on a wildcard cannot answer
 * from the address that was asked. What `except` names, in the same ways, is taken out.
 */
export function expandBind(
	bind: readonly string[],
	except: readonly string[],
	interfaces: Interfaces = networkInterfaces(),
): ExpandedBind {
	const unknown: string[] = [];
	const expand = (item: string): string[] => {
		const addresses = expandItem(item, interfaces);
		if (addresses === undefined) unknown.push(item);
		return addresses ?? [];
	};
	const wanted = bind.length === 0 ? localAddresses(interfaces) : bind.flatMap(expand);
	const excepted = new Set(except.flatMap(expand));
	return { addresses: unique(wanted).filter((address) => !excepted.has(address)), unknown: unique(unknown) };
}

/**
 * The same where a socket on a wildcard can answer from the address that was asked: wildcards stay what they are, and an
 * empty list becomes both of them, unless something is excepted.
 */
export function bindKeepingWildcards(
	bind: readonly string[],
	except: readonly string[],
	interfaces: Interfaces = networkInterfaces(),
): ExpandedBind {
	if (except.length > 0) return expandBind(bind, except, interfaces);
	const wanted = bind.length === 0 ? [anyIPv4, anyIPv6] : bind;
	const kept = wanted.filter(isWildcard).map(canonical);
	const others = wanted.filter((item) => !isWildcard(item));
	if (others.length === 0) return { addresses: unique(kept), unknown: [] };
	const { addresses, unknown } = expandBind(others, [], interfaces);
	return { addresses: unique([...kept, ...addresses]), unknown };
}

/** `0.0.0.0` or `::`, however it is written. */
export function isWildcard(item: string): boolean {
	return isIP(item) !== 0 && [anyIPv4, anyIPv6].includes(canonical(item));
}

function expandItem(item: string, interfaces: Interfaces): string[] | undefined {
	if (isIP(item) !== 0) {
		const address = canonical(item);
		if (address === anyIPv4) return localAddresses(interfaces).filter((local) => isIP(local) === 4);
		if (address === anyIPv6) return localAddresses(interfaces).filter((local) => isIP(local) === 6);
		return [address];
	}
	return Object.hasOwn(interfaces, item) ? addressesOf(interfaces[item]) : undefined;
}

function addressesOf(infos: NetworkInterfaceInfo[] | undefined): string[] {
	return (infos ?? []).filter((info) => !isLinkLocal(info.address)).map((info) => canonical(info.address));
}

function isLinkLocal(address: string): boolean {
	return isIP(address) === 6 && ipaddr.parse(address).range() === 'linkLocal';
}

/** One spelling per address (RFC 5952); an IPv4-mapped IPv6 address becomes the IPv4 address. */
function canonical(address: string): string {
	return ipaddr.process(address).toString();
}

function unique(items: string[]): string[] {
	return [...new Set(items)];
}
