/** What a dnsmasq.conf says about all names: where to listen, what to keep, what to log. */
import { formatDurationMs } from '../../config/units.ts';
import { type DirectiveText, quoteWord } from './corefile-writer.ts';
import type { DnsmasqPlan } from './dnsmasq-plan.ts';
import type { Origin, Remarks } from './remarks.ts';

/** dnsmasq counts its cache in names: about so much is an entry here, with its key. */
const entryBytes = 512;
const smallestCacheBytes = 1024 * 1024;
/** Where CoreDNS's `cache` needs a capacity in front of TTLs; here it bounds nothing. */
const capacity = 9984;
const successMaxSec = 3600;
const denialMaxSec = 1800;
const day = 86_400;
/** `forward` takes no more. */
const upstreamsMax = 15;
/** Bounds of `bufsize`. */
const bufsizeMin = 512;
const bufsizeMax = 4096;

export function settingsLines(
	plan: DnsmasqPlan,
	hosts: DirectiveText | undefined,
	remarks: Remarks,
): DirectiveText[] {
	return [
		...bindLines(plan, remarks),
		...(hosts ? [hosts] : []),
		...filterLines(plan),
		...cacheLines(plan, remarks),
		...bufsizeLines(plan, remarks),
		...limits(plan, remarks),
		...(plan.flags.has('log-queries') ? [{ text: 'log', from: [plan.flags.get('log-queries')!] }] : []),
		{ text: 'errors' },
		{ text: 'loop', from: originsOf(plan, ['dns-loop-detect']) },
	];
}

/** `forward .` with what holds for every one of them. */
export function forwardLine(plan: DnsmasqPlan, targets: readonly string[]): DirectiveText {
	const options: string[] = [];
	if (plan.flags.has('strict-order')) options.push('policy sequential');
	const limit = plan.numbers.get('dns-forward-max');
	if (limit) options.push(`max_concurrent ${limit.value}`);
	return {
		text: `forward . ${[...new Set(targets)].slice(0, upstreamsMax).map(quoteWord).join(' ')}`,
		options,
	};
}

function bindLines({ addresses, interfaces, except, flags }: DnsmasqPlan, remarks: Remarks): DirectiveText[] {
	for (const name of ['bind-interfaces', 'bind-dynamic']) {
		const at = flags.get(name);
		if (at)
			remarks.note(
				at,
				`\`${name}\`: petrel binds each address by itself, and follows interfaces that change`,
			);
	}
	const [wildcard] = [...interfaces, ...except].filter(({ value }) => value.includes('*'));
	if (wildcard) remarks.lost(wildcard.at, `\`${wildcard.value}\`: \`bind\` takes whole names of interfaces`);
	const named = interfaces.filter(({ value }) => !value.includes('*'));
	const words = [...addresses, ...named].map(({ value }) => value);
	// dnsmasq adds the loopback interface to those that are named.
	if (named.length > 0 && !words.includes('lo')) words.push('lo');
	const left = except.filter(({ value }) => !value.includes('*'));
	const from = [...addresses, ...named, ...left].map(({ at }) => at);
	if (words.length === 0 && left.length > 0) words.push('0.0.0.0', '::');
	if (words.length === 0) return [];
	const options = left.length > 0 ? [`except ${left.map(({ value }) => quoteWord(value)).join(' ')}`] : [];
	return [{ text: `bind ${[...new Set(words)].map(quoteWord).join(' ')}`, options, from }];
}

function filterLines({ flags }: DnsmasqPlan): DirectiveText[] {
	return (['A', 'AAAA'] as const).flatMap((type) => {
		const at = flags.get(`filter-${type}`);
		return at ? [{ text: `template IN ${type}`, options: ['rcode NOERROR'], from: [at] }] : [];
	});
}

function cacheLines(plan: DnsmasqPlan, remarks: Remarks): DirectiveText[] {
	const { flags, numbers } = plan;
	const size = numbers.get('cache-size');
	if (size?.value === 0) {
		remarks.note(size.at, '`cache-size=0`: the blocks have no `cache`');
		return [];
	}
	if (size) remarks.note(size.at, cacheSizeText(size.value));
	const maxSec = smallest(numbers.get('max-cache-ttl')?.value, numbers.get('max-ttl')?.value);
	const shown = numbers.get('max-ttl');
	if (shown)
		remarks.changed(shown.at, `\`max-ttl=${shown.value}\`: answers are also kept no longer than that`);
	const minSec = numbers.get('min-cache-ttl')?.value;
	const options: string[] = [];
	if (minSec !== undefined) {
		const bounds = (most: number): string => `${Math.max(maxSec ?? most, minSec)} ${minSec}`;
		options.push(
			`success ${capacity} ${bounds(successMaxSec)}`,
			`denial ${capacity} ${bounds(denialMaxSec)}`,
		);
	}
	if (flags.has('no-negcache')) options.push('disable denial');
	const stale = numbers.get('use-stale-cache')?.value ?? (flags.has('use-stale-cache') ? day : undefined);
	// dnsmasq takes 0 as "for ever"; a year is the most here.
	if (stale !== undefined)
		options.push(`serve_stale ${formatDurationMs((stale || 365 * day) * 1000)} immediate`);
	const names = ['no-negcache', 'max-ttl', 'max-cache-ttl', 'min-cache-ttl', 'use-stale-cache'];
	const text = maxSec === undefined || minSec !== undefined ? 'cache' : `cache ${Math.max(1, maxSec)}`;
	return [{ text, options, from: originsOf(plan, names) }];
}

function cacheSizeText(names: number): string {
	const bytes = Math.max(smallestCacheBytes, names * entryBytes);
	const mebibytes = Math.ceil(bytes / 2 ** 20);
	return `\`cache-size=${names}\`: petrel's cache is bounded in octets, by \`--cache-size\`: ${mebibytes}MiB hold about as much`;
}

function bufsizeLines({ numbers }: DnsmasqPlan, remarks: Remarks): DirectiveText[] {
	const size = numbers.get('edns-packet-max');
	if (!size) return [];
	const fitting = Math.min(bufsizeMax, Math.max(bufsizeMin, size.value));
	if (fitting !== size.value) {
		remarks.changed(
			size.at,
			`\`edns-packet-max=${size.value}\`: \`bufsize\` goes from ${bufsizeMin} to ${bufsizeMax}`,
		);
	}
	return [{ text: `bufsize ${fitting}`, from: [size.at] }];
}

/** Says what is left out of lists that are too long, and a port that serves nothing. */
function limits({ numbers, upstreams }: DnsmasqPlan, remarks: Remarks): DirectiveText[] {
	const port = numbers.get('port');
	if (port?.value === 0) {
		remarks.lost(port.at, '`port=0` turns DNS off in dnsmasq; in a Corefile it means any port that is free');
	}
	for (const { value, at } of upstreams.slice(upstreamsMax)) {
		remarks.lost(at, `\`server=${value}\`: a \`forward\` takes at most ${upstreamsMax} upstreams`);
	}
	return [];
}

function originsOf({ flags, numbers }: DnsmasqPlan, names: readonly string[]): Origin[] {
	return names.flatMap((name) => {
		const at = flags.get(name) ?? numbers.get(name)?.at;
		return at ? [at] : [];
	});
}

function smallest(...numbers: readonly (number | undefined)[]): number | undefined {
	const given = numbers.filter((number) => number !== undefined);
	return given.length > 0 ? Math.min(...given) : undefined;
}
