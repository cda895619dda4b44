/** What a dnsmasq.conf asks for, before it is written as server blocks. */
import { isIP } from 'node:net';
import { reverseZones } from '../../config/reverse-zones.ts';
import { isInZone, normalizeZone } from '../../config/zone-name.ts';
import { hostPort } from '../../net/bind-error.ts';
import type { DirectiveText } from './corefile-writer.ts';
import type { Origin } from './remarks.ts';

/** A value and the line that it comes from. */
export interface Item<Value = string> {
	readonly value: Value;
	readonly at: Origin;
}

export interface ZonePlan {
	/** Absolute and lower-case. */
	readonly zone: string;
	/** Everything that says something about the zone. */
	readonly from: Origin[];
	readonly upstreams: Item[];
	/** `server=/zone/#`: as names that no option mentions. */
	standard: boolean;
	/** Never forwarded. */
	local: boolean;
	/** Answers for every name in the zone. */
	readonly addresses: Item[];
}

export interface HostRecord {
	readonly address: string;
	readonly names: readonly string[];
	readonly at: Origin;
}

/** A template for one name, with the option lines of its block. */
export interface NamedTemplate extends DirectiveText {
	readonly name: string;
}

export interface DnsmasqPlan {
	readonly zones: Map<string, ZonePlan>;
	readonly upstreams: Item[];
	readonly resolvFiles: Item[];
	readonly addresses: Item[];
	readonly interfaces: Item[];
	readonly except: Item[];
	readonly hostsFiles: Item[];
	readonly hostRecords: HostRecord[];
	readonly cnames: Item<{ readonly alias: string; readonly target: string }>[];
	readonly templates: NamedTemplate[];
	/** Options that are there or not, and numbers, by their names. */
	readonly flags: Map<string, Origin>;
	readonly numbers: Map<string, Item<number>>;
	domain: Item | undefined;
}

export function emptyPlan(): DnsmasqPlan {
	return {
		zones: new Map(),
		upstreams: [],
		resolvFiles: [],
		addresses: [],
		interfaces: [],
		except: [],
		hostsFiles: [],
		hostRecords: [],
		cnames: [],
		templates: [],
		flags: new Map(),
		numbers: new Map(),
		domain: undefined,
	};
}

export function zonePlan(plan: DnsmasqPlan, zone: string, at: Origin): ZonePlan {
	const known = plan.zones.get(zone);
	if (known) {
		known.from.push(at);
		return known;
	}
	const added: ZonePlan = { zone, from: [at], upstreams: [], standard: false, local: false, addresses: [] };
	plan.zones.set(zone, added);
	return added;
}

/** The zone of the plan that a name is in; `.` where there is none. */
export function zoneOf(plan: DnsmasqPlan, name: string): string {
	let best = '.';
	for (const zone of plan.zones.keys()) if (isInZone(name, zone) && zone.length > best.length) best = zone;
	return best;
}

/** `/a/b/VALUE` in its parts; undefined for a value without domains. */
export function splitDomains(value: string): { domains: string[]; rest: string } | undefined {
	const match = /^\/(.*)\/([^/]*)$/.exec(value);
	return match ? { domains: match[1].split('/'), rest: match[2] } : undefined;
}

/** A domain of dnsmasq as a zone: `#` is every name, a leading dot or `*.` means nothing more. Undefined if it is none. */
export function zoneOfDomain(domain: string): string | undefined {
	if (domain === '#') return '.';
	const zone = normalizeZone(domain.replace(/^\*?\.?/, ''));
	return typeof zone === 'string' ? zone : undefined;
}

/** The reverse zones of `1.2.3.0/24`, or `1.2.3.4`, as `rev-server` takes them. */
export function reverseZonesOf(range: string): string[] | undefined {
	const whole = range.includes('/') ? range : `${range}/${isIP(range) === 6 ? 128 : 32}`;
	const zones = reverseZones(whole);
	return Array.isArray(zones) ? zones : undefined;
}

/** `IP[#port][@from]` as a Corefile writes it; a sentence about what is left out, or why it cannot be. */
export function readServer(text: string): { upstream?: string; without?: string; fault?: string } {
	const [, target, from] = /^([^@]*)(?:@(.*))?$/.exec(text.trim()) ?? [];
	const [address, port = '53'] = (target ?? '').split('#');
	if (isIP(address.replace(/%.*$/, '')) === 0) {
		return { fault: `\`${text}\` is no address: petrel does not resolve names of upstreams` };
	}
	const number = Number(port);
	if (!/^\d+$/.test(port) || number < 1 || number > 65535)
		return { fault: `\`${text}\`: \`${port}\` is no port` };
	const upstream = number === 53 ? address : hostPort(address, number);
	return from === undefined
		? { upstream }
		: {
				upstream,
				without: `petrel asks ${upstream} from the address that the kernel takes, not from ${from}`,
			};
}
