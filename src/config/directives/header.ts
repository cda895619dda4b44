import type { HeaderFlag, HeaderRule } from '../model.ts';
import { type ArgumentSpec, directive, type OptionSpec, type StatementContext, type Values } from './spec.ts';

interface HeaderDraft {
	readonly query: HeaderRule[];
	readonly response: HeaderRule[];
}

const action: ArgumentSpec = {
	name: 'ACTION',
	kind: 'choice',
	choices: ['set', 'clear'],
	text: 'makes the flags 1, or 0',
};

const flags: ArgumentSpec = {
	name: 'FLAGS',
	kind: 'choice',
	choices: ['aa', 'ra', 'rd', 'ad', 'cd'],
	many: true,
	text: 'one or more',
};

/** Flags that mean nothing in a query: rules for them are left out. */
const responseOnly: readonly HeaderFlag[] = ['aa', 'ra'];

function flagsOf(values: Values): HeaderFlag[] {
	return values.allTexts(flags.name) as HeaderFlag[];
}

function addQueryRule(draft: HeaderDraft, values: Values, { statement, report }: StatementContext): void {
	const useful = flagsOf(values).filter((flag) => !responseOnly.includes(flag));
	for (const word of statement.args) {
		if (!responseOnly.includes(word.text.toLowerCase() as HeaderFlag)) continue;
		report.warn(
			word.at,
			`\`${word.text}\` means nothing in a query: the rule is ignored`,
			'write it for `response`',
		);
	}
	if (useful.length > 0)
		draft.query.push({ action: values.text(action.name) as 'set' | 'clear', flags: useful });
}

/** The form of CoreDNS before 1.12.4, which named no selector. */
function olderForm(name: 'set' | 'clear'): OptionSpec<HeaderDraft> {
	return {
		name,
		syntax: 'FLAGS...',
		args: [flags],
		text: `the older form of \`response ${name}\``,
		coredns: 'removed from CoreDNS in 1.12.4',
		repeats: true,
		apply: (draft, values) => {
			draft.response.push({ action: name, flags: flagsOf(values) });
		},
	};
}

export const header = directive<HeaderDraft>({
	name: 'header',
	summary: 'sets and clears flags of the DNS header',
	text: [
		'The flags are `aa` (authoritative answer), `ra` (recursion available), `rd` (recursion desired), `ad` (authentic ' +
			'data) and `cd` (checking disabled).',
		'Rules hold in the order of the file; the last one for a flag wins. A rule for responses holds for every response ' +
			'of the block, from the cache or not, errors included. A rule for queries holds for what is sent to upstreams.',
		"Without rules: AA is 0, RA is 1, RD and CD are the client's, AD is the upstream's, for clients that asked for it.",
	],
	args: [],
	options: [
		{
			name: 'response',
			syntax: 'set|clear FLAGS...',
			args: [action, flags],
			text: 'a rule for responses to clients',
			repeats: true,
			apply: (draft, values) => {
				draft.response.push({ action: values.text(action.name) as 'set' | 'clear', flags: flagsOf(values) });
			},
		},
		{
			name: 'query',
			syntax: 'set|clear FLAGS...',
			args: [action, flags],
			text: 'a rule for queries to upstreams: `rd`, `ad` and `cd`; `aa` and `ra` are ignored with a warning',
			repeats: true,
			apply: addQueryRule,
		},
		olderForm('set'),
		olderForm('clear'),
	],
	anyCase: true,
	coredns: [
		'rules for responses hold on cache hits too; in CoreDNS only on misses',
		'`ad` and `cd` are flags; CoreDNS knows `aa`, `ra` and `rd`',
		'several `header` blocks add up; CoreDNS ignores all but the first',
	],
	tests: ['integration/header-rules'],
	example: `. {
    header {
        response set aa
        query clear rd
    }
    cache
    forward . 192.0.2.1
}`,
	begin: (_, { statement, report, earlier }) => {
		const { name, block } = statement;
		if (!block || block.length === 0) {
			report.error(name.at, '`header` has no rules', 'write them in a block, for example `response set ra`');
		}
		if (earlier) {
			const message = `these rules come after those of line ${earlier.line}; CoreDNS would ignore them`;
			report.warn(name.at, message, 'write all rules in one `header` block');
		}
		return { query: [], response: [] };
	},
	end: (draft, { block }) => {
		block.header = {
			query: [...block.header.query, ...draft.query],
			response: [...block.header.response, ...draft.response],
		};
	},
});
