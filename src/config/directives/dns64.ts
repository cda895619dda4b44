import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Dns64Options } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { type ArgumentSpec, directive } from './spec.ts';

type Dns64Draft = { -readonly [Setting in keyof Dns64Options]: Dns64Options[Setting] };

const wellKnown = '64:ff9b::/96';
/** RFC 6052 §2.2. */
const lengths = [32, 40, 48, 56, 64, 96];

const prefix: ArgumentSpec = {
	name: 'PREFIX',
	kind: 'word',
	optional: true,
	default: wellKnown,
	text: 'an IPv6 range with a length of 32, 40, 48, 56, 64 or 96',
};

export const dns64 = directive<Dns64Draft>({
	name: 'dns64',
	summary: 'IPv6 addresses for names that have only IPv4 addresses',
	text: [
		'For networks with IPv6 only, behind a NAT64. Who asks for AAAA records over IPv6 and would get none, though the ' +
			'name exists, gets the A records, each put into PREFIX (RFC 6147, RFC 6052). Their TTL is at most that of the ' +
			'denial, 600 s where nothing is said.',
		'Clients that come by IPv4 get the answers as they are, from the cache too, unless `allow_ipv4` is there. So do ' +
			'clients that say DO and CD, since they look into the answers themselves.',
	],
	args: [prefix],
	options: [
		{
			name: 'prefix',
			args: [{ ...prefix, optional: undefined as never }],
			text: 'the same as PREFIX on the line',
			tests: ['unit/config/dns64-directive'],
			apply: (draft, values, { report }) => {
				Object.assign(draft, readPrefix(values.words(prefix.name)[0], report));
			},
		},
		{
			name: 'translate_all',
			args: [],
			text: 'also for names that have AAAA records',
			default: 'off',
			tests: ['scenario/dns64-options'],
			apply: (draft) => {
				draft.translateAll = true;
			},
		},
		{
			name: 'allow_ipv4',
			args: [],
			text: 'also for clients that come by IPv4',
			default: 'off',
			tests: ['scenario/dns64-options'],
			apply: (draft) => {
				draft.allowIpv4 = true;
			},
		},
	],
	once: true,
	coredns: [
		'AD is cleared in what is made, and signatures of A records are left out',
		'clients that say DO and CD get nothing that was made (RFC 6147 §5.5)',
		'the RCODE is that of the answer with the A records; CoreDNS says NOERROR',
		'the A records are looked up by the `forward` of the block; in CoreDNS by the whole server',
	],
	tests: [
		'unit/rewrite/dns64',
		'scenario/dns64-is-for-ipv6-clients-only',
		'scenario/dns64-makes-addresses-once',
		'integration/dns64-families',
		'integration/coredns-differences',
	],
	example: `. {
    dns64 64:ff9b::/96
    cache
    forward . 192.0.2.1
}`,
	begin: (values, { report }) => {
		const [word] = values.words(prefix.name);
		const given = word && readPrefix(word, report);
		return { ...(given ?? parsed(wellKnown)), translateAll: false, allowIpv4: false };
	},
	end: (draft, { block }) => {
		block.dns64 = draft;
	},
});

type Prefix = Pick<Dns64Options, 'prefix' | 'prefixBytes'>;

function readPrefix(word: Token, report: Report): Prefix | undefined {
	const match = /^([0-9a-f:.]+)\/(\d+)$/i.exec(word.text);
	if (!match || !isIPv6(match[1]) || Number(match[2]) > 128) {
		report.error(word.at, `\`${word.text}\` is not an IPv6 prefix`, `write for example \`${wellKnown}\``);
		return undefined;
	}
	if (!lengths.includes(Number(match[2]))) {
		const hint = `an IPv4 address fits behind /${lengths.join(', /')} (RFC 6052)`;
		report.error(word.at, `\`${word.text}\`: a prefix of this length cannot be used`, hint);
		return undefined;
	}
	return parsed(word.text);
}

/** The octets of a range, those behind its length 0. */
function parsed(text: string): Prefix {
	const [address, length] = text.split('/');
	const prefixBytes = Number(length) / 8;
	const octets = ipaddr.parse(address).toByteArray();
	return { prefix: octets.map((octet, place) => (place < prefixBytes ? octet : 0)), prefixBytes };
}
