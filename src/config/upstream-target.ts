import { isIP } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import type { UpstreamTarget } from './model.ts';
import { pillarHint } from './pillar.ts';
import type { Token } from './syntax.ts';
import type { Fault } from './zone-name.ts';

const defaultPort = 53;

const otherSchemes: Readonly<Record<string, string>> = {
	tls: 'DNS over TLS',
	https: 'DNS over HTTPS',
	grpc: 'DNS over gRPC',
	quic: 'DNS over QUIC',
};

/** One TO of `forward`, or what is wrong with it. */
export function readUpstreamTarget(word: Token): UpstreamTarget | Fault {
	const { text } = word;
	const pillar = pillarHint(text);
	if (pillar !== undefined) return { message: `\`${text}\` is not an upstream`, hint: pillar };
	if (text === '') return { message: 'an empty text is not an upstream', hint: 'is a variable not set?' };
	if (/^(\/|\.\.?\/)/.test(text)) {
		// Relative to the file it is written in, as imports are.
		return { kind: 'resolv-conf', path: isAbsolute(text) ? text : join(dirname(word.at.file), text) };
	}
	const scheme = /^([a-z0-9+.-]+):\/\/(.*)$/is.exec(text);
	if (!scheme) return readAddress(text, text);
	const name = scheme[1].toLowerCase();
	if (name === 'dns') return readAddress(scheme[2], text);
	if (name !== 'demo') return refuseScheme(name, text);
	return scheme[2] === ''
		? { kind: 'demo' }
		: { message: `\`${text}\` is not an upstream`, hint: 'write `demo://`' };
}

function refuseScheme(name: string, text: string): Fault {
	const meaning = otherSchemes[name];
	if (meaning === undefined)
		return { message: `\`${text}\`: \`${name}://\` is not a protocol that petrel knows` };
	return {
		message: `petrel does not forward by ${meaning} (\`${text}\`) in this version`,
		hint: 'name an upstream that answers plain DNS, or a proxy on this machine that speaks the other protocol',
	};
}

function readAddress(address: string, text: string): UpstreamTarget | Fault {
	if (isIP(address) !== 0) return { kind: 'address', address, port: defaultPort };
	const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(address) ?? /^([^:]+):(\d+)$/.exec(address);
	if (!match || isIP(match[1]) === 0)
		return { message: `\`${text}\` is not an upstream`, hint: addressHint(address) };
	const port = match[2] === undefined ? defaultPort : Number(match[2]);
	if (port < 1 || port > 65535) return { message: `\`${text}\`: a port goes from 1 to 65535` };
	return { kind: 'address', address: match[1], port };
}

function addressHint(address: string): string {
	if (/[,;]/.test(address)) return 'separate upstreams by spaces';
	if (/\s/.test(address))
		return 'it comes from quotes or a variable: write each upstream as a word of its own';
	if (/^[\d.]+(:\d+)?$/.test(address)) return 'an IPv4 address is four numbers from 0 to 255';
	if (/^[\d.]+@\d+$/.test(address)) return `a port is written \`${address.replace('@', ':')}\``;
	if (/^[0-9a-f:.]+$/i.test(address)) return 'an IPv6 address with a port is written [2001:db8::1]:53';
	if (address.includes('/') || address.endsWith('.conf'))
		return `a file is written with its path: \`./${address}\``;
	return 'host names are not resolved here: write the address, or a file such as /etc/resolv.conf';
}
