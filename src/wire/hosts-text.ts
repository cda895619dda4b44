import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fail, nameToLowerCaseWire } from './presentation.ts';

/** Lines of a hosts file (hosts(5)): an address and its names. For the control path, like presentation.ts. */

export interface HostsText {
	/** In its shortest form, without a scope; IPv4-mapped IPv6 addresses as IPv4. */
	readonly address: string;
	/** Uncompressed wire names in lower case. */
	readonly names: readonly Uint8Array[];
}

/** Whether a word is an address, with or without a scope (`fe80::1%lo0`). */
export function isHostsAddress(word: string): boolean {
	return isIP(withoutScope(word)) !== 0;
}

/** What a line says, undefined if it says nothing. Bad text throws a `PetrelError` that names it. */
export function parseHostsLine(line: string): HostsText | undefined {
	const comment = line.indexOf('#');
	const [address, ...names] = (comment < 0 ? line : line.slice(0, comment)).trim().split(/\s+/);
	if (address === '') return undefined;
	if (!isHostsAddress(address)) fail(`"${address}" is not an address; a line is ADDRESS NAME...`);
	if (names.length === 0) fail(`no name stands behind ${address}; a line is ADDRESS NAME...`);
	return { address: canonical(withoutScope(address)), names: names.map(nameToLowerCaseWire) };
}

function canonical(address: string): string {
	return isIP(address) === 4 ? address : ipaddr.process(address).toString();
}

function withoutScope(address: string): string {
	const scope = address.indexOf('%');
	return scope < 0 ? address : address.slice(0, scope);
}
