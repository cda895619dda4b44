/** From a dnsmasq.conf to a Corefile: one block for each zone that it mentions, and one for all other names. */
import { reverseZones } from '../../config/reverse-zones.ts';
import { type BlockText, type DirectiveText, quoteWord, writeCorefile } from './corefile-writer.ts';
import { type Hosts, hostsOf } from './dnsmasq-hosts.ts';
import { applyOption } from './dnsmasq-options.ts';
import { type DnsmasqPlan, emptyPlan, type ZonePlan, zoneOf } from './dnsmasq-plan.ts';
import { type FileReader, readDnsmasq } from './dnsmasq-read.ts';
import { hostTemplates, ttlOf, zoneTemplates } from './dnsmasq-records.ts';
import { forwardLine, settingsLines } from './dnsmasq-settings.ts';
import { type Converted, type Origin, Remarks } from './remarks.ts';

/** What `bogus-priv` keeps from upstreams. */
const privateRanges = [
	'10.0.0.0/8',
	'172.16.0.0/12',
	'192.168.0.0/16',
	'169.254.0.0/16',
	'fd00::/8',
	'fe80::/10',
];

const snippet = '(settings)';
const importSettings: DirectiveText = { text: 'import settings' };

interface Parts {
	readonly plan: DnsmasqPlan;
	readonly hosts: Hosts;
	readonly remarks: Remarks;
}

export function convertDnsmasq(text: string, file: string, files: FileReader): Converted {
	const remarks = new Remarks();
	const plan = emptyPlan();
	for (const line of readDnsmasq(text, file, files, remarks)) applyOption(line, { plan, remarks });
	const hosts = hostsOf(plan, files, remarks);
	const parts: Parts = { plan, hosts, remarks };
	const settings: BlockText = {
		keys: [snippet],
		lines: settingsLines(plan, hosts.directive, remarks),
		comment: 'What all blocks have.',
	};
	const introduction =
		`Made from ${file}, a configuration of dnsmasq, by \`petrel convert\`.\n` +
		'The comments say which line each part comes from.';
	const zones = grouped(
		[...plan.zones.values()].filter(({ zone }) => zone !== '.').map((zone) => zoneBlock(zone, parts)),
	);
	const blocks = [settings, ...zones, ...privateBlock(parts), rootBlock(parts)];
	return { corefile: writeCorefile(introduction, file, withPort(blocks, plan)), remarks: remarks.inOrder() };
}

function zoneBlock(zone: ZonePlan, parts: Parts): BlockText {
	const { plan } = parts;
	const lines = [importSettings, ...ownLines(zone.zone, parts)];
	if (zone.addresses.length > 0) {
		lines.push(...zoneTemplates(zone.addresses, ttlOf(plan)));
		if (zone.local) lines.push({ text: 'template IN ANY', options: ['rcode NOERROR'] });
		else lines.push(...defaultForward(plan));
	} else if (zone.upstreams.length > 0) {
		lines.push(
			forwardLine(
				plan,
				zone.upstreams.map(({ value }) => value),
			),
		);
	} else if (zone.standard) {
		lines.push(...defaultForward(plan));
	} else {
		lines.push(...neverForwarded(zone.zone, parts));
	}
	return { keys: [quoteWord(plain(zone.zone))], lines, from: zone.from };
}

/** Names that exist answer, all others do not. */
function neverForwarded(zone: string, { plan, hosts }: Parts): DirectiveText[] {
	return [
		...hostTemplates(zone, hosts.all, ttlOf(plan)),
		{ text: 'template IN ANY', options: ['rcode NXDOMAIN'] },
	];
}

/** Records and aliases that the configuration has in a zone, and in none below it. */
function ownLines(zone: string, { plan, remarks }: Parts): DirectiveText[] {
	const aliases = plan.cnames
		.map(({ value, at }) => ({ alias: absolute(value.alias), target: absolute(value.target), at }))
		.filter(({ alias }) => zoneOf(plan, alias) === zone);
	for (const { alias, target, at } of aliases) {
		if (zoneOf(plan, target) === zone) continue;
		remarks.lost(at, `${alias} is asked in the block of ${zone}, where ${target} is not served`);
	}
	return [
		...aliases.map(({ alias, target, at }) => ({
			text: `rewrite name exact ${quoteWord(alias)} ${quoteWord(target)}`,
			from: [at],
		})),
		...plan.templates.filter(({ name }) => zoneOf(plan, name) === zone),
	];
}

function rootBlock(parts: Parts): BlockText {
	const { plan, hosts } = parts;
	const root = plan.zones.get('.');
	const lines = [importSettings, ...ownLines('.', parts)];
	const needed = plan.flags.get('domain-needed');
	if (needed) {
		const plainNames = hosts.all.map((host) => ({
			...host,
			names: host.names.filter((name) => /^[^.]+\.$/.test(name)),
		}));
		const known = plainNames.filter(({ names }) => names.length > 0);
		lines.push(...hostTemplates('.', known, ttlOf(plan)).filter(({ text }) => !text.endsWith('PTR')));
		for (const type of ['A', 'AAAA']) {
			const options = ['match ^[^.]+[.]$', 'rcode NXDOMAIN', 'fallthrough'];
			lines.push({ text: `template IN ${type}`, options, from: [needed] });
		}
	}
	if (root && root.addresses.length > 0) lines.push(...zoneTemplates(root.addresses, ttlOf(plan)));
	if (root?.local && root.addresses.length === 0) lines.push(...neverForwarded('.', parts));
	else if (root && root.upstreams.length > 0) {
		lines.push(
			forwardLine(
				plan,
				root.upstreams.map(({ value }) => value),
			),
		);
	} else lines.push(...defaultForward(plan));
	return { keys: ['.'], lines, comment: 'All other names.', ...(root ? { from: root.from } : {}) };
}

/** Where names go that no option mentions: nowhere, if there is neither a server nor a resolv.conf. */
function defaultForward(plan: DnsmasqPlan): DirectiveText[] {
	const files =
		plan.resolvFiles.length > 0 ? plan.resolvFiles : [{ value: '/etc/resolv.conf', at: undefined }];
	const targets = [...plan.upstreams, ...(plan.flags.has('no-resolv') ? [] : files)];
	if (targets.length === 0) return [];
	const from: Origin[] = targets.flatMap(({ at }) => (at === undefined ? [] : [at]));
	return [
		{
			...forwardLine(
				plan,
				targets.map(({ value }) => value),
			),
			from,
		},
	];
}

function privateBlock(parts: Parts): BlockText[] {
	const { plan } = parts;
	const at = plan.flags.get('bogus-priv');
	if (at === undefined) return [];
	const zones = privateRanges.flatMap((range) => reverseZones(range) as string[]);
	const free = zones.filter((zone) => !plan.zones.has(zone));
	const templates = free.flatMap((zone) => hostTemplates(zone, parts.hosts.all, ttlOf(plan)));
	const last = { text: 'template IN ANY', options: ['rcode NXDOMAIN'] };
	return [
		{
			keys: free.map(plain),
			lines: [importSettings, ...templates, last],
			from: [at],
			comment: 'Reverse names of private addresses are not asked for outside.',
		},
	];
}

/** Blocks with the same lines become one, with the keys of all. */
function grouped(blocks: readonly BlockText[]): BlockText[] {
	const groups = new Map<string, BlockText>();
	for (const block of blocks) {
		const same = JSON.stringify(block.lines.map(({ text, options }) => [text, options]));
		const group = groups.get(same);
		if (group === undefined) groups.set(same, block);
		else {
			groups.set(same, {
				...group,
				keys: [...group.keys, ...block.keys],
				from: [...(group.from ?? []), ...(block.from ?? [])],
			});
		}
	}
	return [...groups.values()];
}

function withPort(blocks: readonly BlockText[], plan: DnsmasqPlan): BlockText[] {
	const port = plan.numbers.get('port')?.value ?? 53;
	if (port === 53) return [...blocks];
	return blocks.map((block) => ({
		...block,
		keys: block.keys.map((key) => (key === snippet ? key : `${key}:${port}`)),
	}));
}

function plain(zone: string): string {
	return zone === '.' ? zone : zone.replace(/\.$/, '');
}

function absolute(name: string): string {
	return `${name.toLowerCase().replace(/\.$/, '')}.`;
}
