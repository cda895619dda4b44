/** Zones as a Corefile writes them: the keys of server blocks (with scheme and port), and the zones that directives take. */
import { isIPv6 } from 'node:net';
import type { ZoneKey } from './model.ts';
import type { Report } from './report.ts';
import { reverseZones } from './reverse-zones.ts';
import type { Token } from './syntax.ts';
import { type Fault, normalizeZone, oddZone } from './zone-name.ts';

const otherSchemes: Readonly<Record<string, string>> = {
	tls: 'DNS over TLS',
	https: 'DNS over HTTPS',
	https3: 'DNS over HTTP/3',
	grpc: 'DNS over gRPC',
	quic: 'DNS over QUIC',
};

/** The zones and the port of one key. Errors are reported, and give an empty list. */
export function readZoneKey(key: Token, defaultPort: number, report: Report): ZoneKey[] {
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(key.text);
	if (scheme && scheme[1].toLowerCase() !== 'dns') {
		const meaning = otherSchemes[scheme[1].toLowerCase()];
		const rest = key.text.slice(scheme[0].length);
		report.error(
			key.at,
			meaning === undefined
				? `\`${scheme[0]}\` is not a protocol that petrel knows`
				: `petrel does not serve ${meaning} (\`${scheme[0]}\`) in this version`,
			`for DNS over UDP and TCP write \`${rest.replace(/:\d+$/, '') || '.'}\`, or remove the block`,
		);
		return [];
	}
	const address = key.text.slice(scheme ? scheme[0].length : 0);
	if (isIPv6(address)) {
		const hint = `for its reverse zone write \`${address}/128\`; to listen on it use \`bind\``;
		report.error(key.at, `\`${address}\` is an address, not a zone`, hint);
		return [];
	}
	// A length of a range always stands before the port, so that an IPv6 range ends in no :digits.
	const match = /^(.*):(\d*)$/.exec(address);
	const port = match ? Number(match[2]) : defaultPort;
	if (match && (match[2] === '' || port > 65535)) {
		report.error(
			key.at,
			`\`${key.text}\`: \`${match[2]}\` is not a port`,
			'a port goes from 0 (any free one) to 65535',
		);
		return [];
	}
	const host = match ? match[1] : address;
	const bracketed = /^\[([^\]]*)\](\/\d+)?$/.exec(host);
	const zones = zonesOf(bracketed ? `${bracketed[1]}${bracketed[2] ?? ''}` : host);
	if (!Array.isArray(zones)) {
		report.error(key.at, zones.message, zones.hint);
		return [];
	}
	warnOdd(host, key, report, 'to listen on an address use `bind`; ');
	return zones.map((zone) => ({ zone, port }));
}

/** The zones that a directive's argument names. Errors are reported, and give an empty list. */
export function readZones(word: Token, report: Report): string[] {
	const text = word.text.replace(/^dns:\/\//, '');
	const port = reverseZones(text) === undefined ? /(?<=[^:]):\d+$/.exec(text) : null;
	const zones: string[] | Fault =
		port && !text.includes('::')
			? {
					message: `\`${word.text}\`: a zone has no port here`,
					hint: `write \`${text.slice(0, port.index)}\``,
				}
			: zonesOf(text);
	if (!Array.isArray(zones)) {
		report.error(word.at, zones.message, zones.hint);
		return [];
	}
	warnOdd(text, word, report, '');
	return zones;
}

function zonesOf(text: string): string[] | Fault {
	const reverse = reverseZones(text);
	if (reverse !== undefined) return reverse;
	const zone = normalizeZone(text);
	return typeof zone === 'string' ? [zone] : zone;
}

function warnOdd(text: string, word: Token, report: Report, advice: string): void {
	const odd = oddZone(text);
	if (odd) report.warn(word.at, odd.message, `${advice}${odd.hint}`);
}
