import ipaddr from 'ipaddr.js';
import { typeNumber } from '../../wire/iana.ts';
import type { AclNet, AclPolicy } from '../model/answers.ts';
import type { Token } from '../syntax.ts';
import { directive, type OptionSpec, type StatementContext } from './spec.ts';
import { zonesArgument } from './zones-argument.ts';

interface AclDraft {
	readonly zones: readonly string[];
	readonly policies: AclPolicy[];
}

const sections = ['type', 'net'] as const;
type Section = (typeof sections)[number];

const zones = zonesArgument('the policies hold for names in these zones');

const texts: Readonly<Record<AclPolicy['action'], string>> = {
	allow: 'the query is answered as usual, and no other `acl` is looked at',
	block: 'REFUSED, with the extended error Blocked',
	filter: 'an empty answer without an error, with the extended error Filtered',
	drop: 'no answer at all',
};

function policyOption(action: AclPolicy['action']): OptionSpec<AclDraft> {
	return {
		name: action,
		syntax: '[type QTYPE...] [net SOURCE...]',
		args: [{ name: 'CONDITION', kind: 'word', optional: true, many: true, text: 'for which queries' }],
		text: texts[action],
		repeats: true,
		apply: (draft, _, context) => readPolicy(action, draft, context),
	};
}

function sectionOf(word: Token): Section | undefined {
	return sections.find((name) => name === word.text.toLowerCase());
}

function readPolicy(
	action: AclPolicy['action'],
	draft: AclDraft,
	{ statement, report }: StatementContext,
): void {
	const types: number[] = [];
	const nets: AclNet[] = [];
	const all = { type: false, net: false };
	let section: Token | undefined;
	let count = 0;
	const endSection = (): void => {
		if (section && count === 0) {
			report.error(section.at, `nothing stands behind \`${section.text}\``, hints[sectionOf(section)!]);
		}
	};
	for (const word of statement.args) {
		if (sectionOf(word)) {
			endSection();
			section = word;
			count = 0;
			continue;
		}
		if (!section) {
			report.error(word.at, `\`${word.text}\` stands where \`type\` or \`net\` must`, hints.net);
			return;
		}
		count++;
		const name = sectionOf(section)!;
		if (word.text === '*') all[name] = true;
		else if (name === 'type') readType(word, types, report);
		else readNet(word, nets, report);
	}
	endSection();
	draft.policies.push({ action, types: all.type ? [] : types, nets: all.net ? [] : nets });
}

const hints = {
	type: 'write for example `type A AAAA`, or `type *`',
	net: 'write for example `net 10.0.0.0/8 2001:db8::/32`, or `net *`',
} as const;

function readType(word: Token, types: number[], report: StatementContext['report']): void {
	const type = typeNumber(word.text);
	if (type === undefined) report.error(word.at, `\`${word.text}\` is not a type`, hints.type);
	else types.push(type);
}

function readNet(word: Token, nets: AclNet[], report: StatementContext['report']): void {
	const [, host, length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(word.text) ?? [];
	const isIPv4 = host !== undefined && ipaddr.IPv4.isValidFourPartDecimal(host);
	const isIPv6 = host?.includes(':') && !host.includes('%') && ipaddr.IPv6.isValid(host);
	const bitsMax = isIPv4 ? 32 : 128;
	const bits = Number(length ?? bitsMax);
	if (!(isIPv4 || isIPv6) || bits > bitsMax) {
		report.error(word.at, `\`${word.text}\` is not an address or a range of addresses`, hints.net);
		return;
	}
	nets.push({ address: ipaddr.parse(host).toString(), bits });
}

export const acl = directive<AclDraft>({
	name: 'acl',
	summary: 'answers or not, by the address of the client',
	text: [
		'Of the lines of a block the first that matches decides. A query that no line matches is looked at by the next `acl`; ' +
			'if none matches it, it is answered as usual. A line without `type` holds for every type, one without `net` for every ' +
			'client; `*` says the same.',
		'SOURCE is an address, or a range such as 10.0.0.0/8. What counts is the address that the query comes from: behind ' +
			"another forwarder or a translation of addresses it is not the client's.",
	],
	args: [zones],
	options: (['allow', 'block', 'filter', 'drop'] as const).map(policyOption),
	anyCase: true,
	coredns: ['what petrel refuses by itself (another class, a zone transfer) is refused whatever `acl` says'],
	tests: ['unit/config/local-directives', 'integration/acl', 'scenario/acl-decides-by-client-and-type'],
	example: `. {
    acl {
        allow net 10.0.0.0/8 fd00::/8
        block type ANY
        drop
    }
    forward . 192.0.2.1
}`,
	begin: (values, { zones: blockZones, statement, report }) => {
		if (!statement.block || statement.block.length === 0) {
			report.error(
				statement.name.at,
				'`acl` has no lines',
				'write them in a block, for example `block net 192.0.2.0/24`',
			);
		}
		const given = values.allTexts('ZONES');
		return { zones: given.length > 0 ? given : blockZones, policies: [] };
	},
	end: (draft, { block }) => {
		block.acl = [...block.acl, draft];
	},
});
