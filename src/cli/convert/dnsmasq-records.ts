/** Records of a dnsmasq.conf as `template` directives: each answers one name, and lets all others pass. */
import { isIP } from 'node:net';
import { reverseZones } from '../../config/reverse-zones.ts';
import { isInZone, normalizeZone } from '../../config/zone-name.ts';
import type { DirectiveText } from './corefile-writer.ts';
import type { DnsmasqPlan, HostRecord, NamedTemplate } from './dnsmasq-plan.ts';
import type { OptionLine } from './dnsmasq-read.ts';
import type { Remarks } from './remarks.ts';

/** `ptr-record=NAME,TARGET` and `txt-record=NAME,TEXT...` */
export function nameTemplates(
	{ name: option, value, at }: OptionLine,
	{ plan, remarks }: { plan: DnsmasqPlan; remarks: Remarks },
): void {
	const [first = '', ...rest] = value.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((word) => word.trim());
	const name = normalizeZone(first);
	if (typeof name !== 'string') {
		remarks.lost(at, `\`${option}=${value}\`: ${name.message}`);
		return;
	}
	const isText = option === 'txt-record';
	const target = normalizeZone(rest[0] ?? '');
	if (!isText && typeof target !== 'string') {
		remarks.lost(at, `\`${option}=${value}\`: ${target.message}`);
		return;
	}
	const texts = rest.length > 0 ? rest : [''];
	if (texts.some((text) => /\{[{$%]/.test(text))) {
		remarks.lost(at, `\`${option}=${value}\`: \`{{\`, \`{$\` and \`{%\` mean something else in a Corefile`);
		return;
	}
	const rdata = isText
		? texts.map((text) => `"${text.replace(/^"(.*)"$/, '$1')}"`).join(' ')
		: String(target);
	plan.templates.push(exactTemplate(name, isText ? 'TXT' : 'PTR', rdata, ttlOf(plan), at));
}

/** The TTL of what dnsmasq answers by itself. */
export function ttlOf(plan: DnsmasqPlan): number {
	return plan.numbers.get('local-ttl')?.value ?? 0;
}

function exactTemplate(
	name: string,
	type: string,
	rdata: string,
	ttlSec: number,
	at: NonNullable<DirectiveText['from']>[number],
): NamedTemplate {
	const answer = `{{ .Name }} ${ttlSec} IN ${type} ${rdata}`.replaceAll('"', '\\"');
	return {
		name,
		text: `template IN ${type}`,
		options: [`match ${exactly([name])}`, `answer "${answer}"`, 'fallthrough'],
		from: [at],
	};
}

/** For all names of a zone: the addresses of `address=/zone/…`, and NODATA for the family that is not there. */
export function zoneTemplates(
	addresses: readonly HostRecord[] | readonly { value: string }[],
	ttlSec: number,
): DirectiveText[] {
	const texts = addresses.map((each) => ('value' in each ? each.value : each.address));
	return ([4, 6] as const).map((family) => {
		const type = family === 4 ? 'A' : 'AAAA';
		const answers = texts
			.filter((text) => isIP(text) === family)
			.map((text) => `answer "{{ .Name }} ${ttlSec} IN ${type} ${text}"`);
		return { text: `template IN ${type}`, options: answers.length > 0 ? answers : ['rcode NOERROR'] };
	});
}

/**
 * Hosts whose names, or the reverse names of whose addresses, lie in a zone that is answered by a `template` altogether:
 * that comes before `hosts`, so their answers must be templates above it.
 */
export function hostTemplates(zone: string, hosts: readonly HostRecord[], ttlSec: number): DirectiveText[] {
	const templates: DirectiveText[] = [];
	const known = new Set<string>();
	for (const { address, names, at } of hosts) {
		const type = isIP(address) === 4 ? 'A' : 'AAAA';
		for (const name of names.filter((each) => isInZone(each, zone))) {
			known.add(name);
			templates.push(exactTemplate(name, type, address, ttlSec, at));
		}
		const reverse = reverseNameOf(address);
		if (!isInZone(reverse, zone)) continue;
		known.add(reverse);
		templates.push(exactTemplate(reverse, 'PTR', names[0], ttlSec, at));
	}
	if (known.size > 0) {
		const options = [`match ${exactly([...known])}`, 'rcode NOERROR', 'fallthrough'];
		templates.push({ text: 'template IN ANY', options });
	}
	return templates;
}

function reverseNameOf(address: string): string {
	const zones = reverseZones(`${address}/${isIP(address) === 6 ? 128 : 32}`);
	return Array.isArray(zones) ? zones[0] : '.';
}

/** A pattern that only these names match. */
function exactly(names: readonly string[]): string {
	const escaped = names.map((name) =>
		name
			.slice(0, -1)
			.replaceAll('.', '[.]')
			.replace(/[+*?^$|()]/g, '[$&]'),
	);
	return escaped.length === 1 ? `^${escaped[0]}[.]$` : `^(${escaped.join('|')})[.]$`;
}
