/** Puts each option of dnsmasq into the plan. */

import { isIP } from 'node:net';
import { nearest } from '../../util/nearest.ts';
import { nameToWire } from '../../wire/presentation.ts';
import { dnsmasqOptions, lostOptions, needlessOptions } from './dnsmasq-names.ts';
import {
	type DnsmasqPlan,
	type Item,
	readServer,
	reverseZonesOf,
	splitDomains,
	type ZonePlan,
	zoneOfDomain,
	zonePlan,
} from './dnsmasq-plan.ts';
import type { OptionLine } from './dnsmasq-read.ts';
import { nameTemplates } from './dnsmasq-records.ts';
import type { Origin, Remarks } from './remarks.ts';

interface Context {
	readonly plan: DnsmasqPlan;
	readonly remarks: Remarks;
}

type Apply = (line: OptionLine, context: Context) => void;

/** Options that are there or not. */
const flag: Apply = ({ name, at }, { plan }) => {
	plan.flags.set(name, at);
};

const number: Apply = ({ name, value, at }, { plan, remarks }) => {
	if (/^\d+$/.test(value)) plan.numbers.set(name, { value: Number(value), at });
	else remarks.lost(at, `\`${name}=${value}\`: \`${value}\` is no number`);
};

/** Words, each of which the Corefile must be able to take. */
const list =
	(items: (plan: DnsmasqPlan) => Item[], isFit: (word: string) => boolean): Apply =>
	({ name, value, at }, { plan, remarks }) => {
		for (const word of commaWords(value)) {
			if (isFit(word)) items(plan).push({ value: word, at });
			else remarks.lost(at, `\`${name}=${value}\`: \`${word}\` cannot be written into a Corefile`);
		}
	};

/** Paths that need no quotes, and are none of the words that a Corefile gives a meaning. */
function isPath(word: string): boolean {
	return /^[\w./:@%+~-]*\w[\w./:@%+~-]*$/.test(word);
}

/** Linux: at most 15 octets. A * is for those who read the list. */
function isInterface(word: string): boolean {
	return /^[A-Za-z][\w.:-]{0,14}\*?$/.test(word);
}

const applies: Readonly<Record<string, Apply>> = {
	server: applyServer,
	local: applyServer,
	'rev-server': applyRevServer,
	address: applyAddress,
	'host-record': (line, context) => applyHostRecord(line, context),
	cname: applyCname,
	'ptr-record': nameTemplates,
	'txt-record': nameTemplates,
	'use-stale-cache': (line, context) => (line.value === '' ? flag : number)(line, context),
	domain: ({ value, at }, { plan, remarks }) => {
		const [name, ...rest] = value.split(',');
		if (rest.length > 0)
			remarks.lost(at, `\`domain=${value}\`: a domain for some addresses only belongs to DHCP`);
		else plan.domain = { value: name, at };
	},
	'listen-address': list(
		(plan) => plan.addresses,
		(word) => isIP(word) !== 0,
	),
	interface: list((plan) => plan.interfaces, isInterface),
	'except-interface': list((plan) => plan.except, isInterface),
	'resolv-file': ({ name, value, at }, { plan, remarks }) => {
		// A Corefile tells a file from an address by its first characters.
		const path = /^(\/|\.\.?\/)/.test(value) ? value : `./${value}`;
		if (isPath(value)) plan.resolvFiles.push({ value: path, at });
		else remarks.lost(at, `\`${name}=${value}\`: write this path into the Corefile by hand`);
	},
	'addn-hosts': list((plan) => plan.hostsFiles, isPath),
	'log-queries': flag,
	...Object.fromEntries(
		[
			...['no-resolv', 'strict-order', 'no-negcache', 'bind-interfaces', 'bind-dynamic', 'no-hosts'],
			...['expand-hosts', 'domain-needed', 'bogus-priv', 'filter-A', 'filter-AAAA', 'dns-loop-detect'],
		].map((name) => [name, flag]),
	),
	...Object.fromEntries(
		[
			...['cache-size', 'max-ttl', 'max-cache-ttl', 'min-cache-ttl', 'local-ttl', 'port', 'dns-forward-max'],
			'edns-packet-max',
		].map((name) => [name, number]),
	),
};

export function applyOption(line: OptionLine, context: Context): void {
	const { name, value, at } = line;
	const { remarks } = context;
	const shown = value === '' ? name : `${name}=${value}`;
	if (Object.hasOwn(applies, name)) applies[name](line, context);
	else if (Object.hasOwn(needlessOptions, name)) remarks.note(at, `\`${shown}\`: ${needlessOptions[name]}`);
	else if (Object.hasOwn(lostOptions, name)) remarks.lost(at, `\`${shown}\`: ${lostOptions[name]}`);
	else {
		const near = nearest(name, dnsmasqOptions);
		const guess = near === undefined ? '' : `, did you mean \`${near}\`?`;
		remarks.lost(at, `dnsmasq has no option \`${name}\`${guess}`);
	}
}

function applyServer(line: OptionLine, { plan, remarks }: Context): void {
	const { name, value, at } = line;
	const split = splitDomains(value);
	if (split === undefined) {
		const upstream = upstreamOf(value, at, remarks);
		if (upstream !== undefined) plan.upstreams.push({ value: upstream, at });
		return;
	}
	const { domains, rest } = split;
	for (const domain of domains) {
		if (domain === '') {
			if (rest === '') plan.flags.set('domain-needed', at);
			else
				remarks.lost(
					at,
					`\`${name}=${value}\`: a server for names without dots cannot be said in a Corefile`,
				);
			continue;
		}
		const zone = zoneFor(plan, domain, line, remarks);
		if (zone) serveZone(zone, rest, at, remarks);
	}
}

function applyRevServer({ name, value, at }: OptionLine, { plan, remarks }: Context): void {
	const [range = '', server = ''] = value.split(',');
	const zones = reverseZonesOf(range);
	if (zones === undefined) {
		remarks.lost(at, `\`${name}=${value}\`: \`${range}\` is no range of addresses`);
		return;
	}
	for (const zone of zones) serveZone(zonePlan(plan, zone, at), server, at, remarks);
}

function serveZone(zone: ZonePlan, server: string, at: Origin, remarks: Remarks): void {
	if (server === '') zone.local = true;
	else if (server === '#') zone.standard = true;
	else {
		const upstream = upstreamOf(server, at, remarks);
		if (upstream !== undefined) zone.upstreams.push({ value: upstream, at });
	}
}

function upstreamOf(text: string, at: Origin, remarks: Remarks): string | undefined {
	const { upstream, without, fault } = readServer(text);
	if (fault !== undefined) remarks.lost(at, fault);
	if (without !== undefined) remarks.lost(at, without);
	return upstream;
}

function applyAddress(line: OptionLine, { plan, remarks }: Context): void {
	const { name, value, at } = line;
	const split = splitDomains(value);
	if (split === undefined) {
		remarks.lost(at, `\`${name}=${value}\` names no domain`);
		return;
	}
	for (const domain of split.domains) {
		const zone = zoneFor(plan, domain, line, remarks);
		if (!zone) continue;
		if (split.rest === '') zone.local = true;
		else if (split.rest === '#')
			for (const each of ['0.0.0.0', '::']) zone.addresses.push({ value: each, at });
		else if (isIP(split.rest) !== 0) zone.addresses.push({ value: split.rest, at });
		else remarks.lost(at, `\`${name}=${value}\`: \`${split.rest}\` is no address`);
	}
}

function zoneFor(
	plan: DnsmasqPlan,
	domain: string,
	{ name, value, at }: OptionLine,
	remarks: Remarks,
): ZonePlan | undefined {
	const zone = zoneOfDomain(domain);
	if (zone !== undefined) return zonePlan(plan, zone, at);
	remarks.lost(at, `\`${name}=${value}\`: \`${domain}\` is no domain`);
	return undefined;
}

function isDomainName(text: string): boolean {
	try {
		nameToWire(text);
		return !/\s/.test(text);
	} catch {
		return false;
	}
}

function applyHostRecord({ value, at }: OptionLine, { plan, remarks }: Context): void {
	const words = commaWords(value);
	const addresses = words.filter((word) => isIP(word) !== 0);
	const names = words.filter((word) => isIP(word) === 0 && !/^\d+$/.test(word));
	if (names.length === 0 || addresses.length === 0) {
		remarks.lost(at, `\`host-record=${value}\` needs a name and an address`);
		return;
	}
	const bad = names.find((name) => !isDomainName(name));
	if (bad !== undefined) {
		remarks.lost(at, `\`host-record=${value}\`: \`${bad}\` is no name`);
		return;
	}
	for (const address of addresses) plan.hostRecords.push({ address, names, at });
}

function applyCname({ value, at }: OptionLine, { plan, remarks }: Context): void {
	const words = commaWords(value).filter((word) => !/^\d+$/.test(word));
	const target = words.at(-1);
	if (words.length < 2 || target === undefined) {
		remarks.lost(at, `\`cname=${value}\` needs an alias and a target`);
		return;
	}
	const bad = words.find((name) => !isDomainName(name));
	if (bad !== undefined) {
		remarks.lost(at, `\`cname=${value}\`: \`${bad}\` is no name`);
		return;
	}
	for (const alias of words.slice(0, -1)) {
		if (alias.startsWith('*'))
			remarks.lost(at, `\`cname=${value}\`: an alias with * cannot be rewritten exactly`);
		else plan.cnames.push({ value: { alias, target }, at });
	}
}

function commaWords(value: string): string[] {
	return value
		.split(',')
		.map((word) => word.trim())
		.filter((word) => word !== '');
}
