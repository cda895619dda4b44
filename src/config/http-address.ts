import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HttpAddress } from './model/operations.ts';
import { pillarHint } from './pillar.ts';
import type { Report } from './report.ts';
import type { Token } from './syntax.ts';

/**
 * The address of an HTTP endpoint as `health`, `ready` and `prometheus` take it: `:8080`, `127.0.0.1:8080`,
 * `[fd00::a]:8080`, `localhost:9153`. Undefined, and reported, if it is none.
 */
export function readHttpAddress(word: Token, report: Report): HttpAddress | undefined {
	const { text, at } = word;
	const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(text);
	const [, bracketed, bare, digits] = match ?? [];
	const host = bracketed ?? bare ?? '';
	const fault = match ? hostFault(host, bracketed !== undefined) : formFault(text);
	if (fault !== undefined) {
		report.error(at, `\`${text}\` is not an address with a port`, pillarHint(text) ?? fault);
		return undefined;
	}
	const port = Number(digits);
	if (port > 65535) {
		report.error(at, `\`${text}\`: a port goes from 0 to 65535`, 'port 0 takes any that is free');
		return undefined;
	}
	return { address: canonical(host), port };
}

/** One spelling for one address, so that blocks with the same one share a server. As Go does, localhost is IPv4. */
function canonical(host: string): string {
	if (host === 'localhost') return '127.0.0.1';
	return isIP(host) === 0 ? host : ipaddr.parse(host).toString();
}

function hostFault(host: string, bracketed: boolean): string | undefined {
	if (bracketed)
		return isIP(host) === 6 ? undefined : 'an IPv6 address stands in the brackets: `[fd00::a]:8080`';
	if (host === '' || host === 'localhost' || isIP(host) === 4) return undefined;
	if (/^[\d.]+$/.test(host)) return 'an IPv4 address is four numbers from 0 to 255';
	return 'host names are not resolved here: write the address';
}

function formFault(text: string): string {
	if (/^\d+$/.test(text)) return `write \`:${text}\``;
	if (isIP(text) === 6) return `an IPv6 address with a port is written \`[${text}]:8080\``;
	if (isIP(text) === 4 || text === 'localhost') return `it needs a port: \`${text}:8080\``;
	if (text.includes('://')) return 'leave out the scheme';
	return 'write for example `:8080` or `127.0.0.1:8080`';
}
