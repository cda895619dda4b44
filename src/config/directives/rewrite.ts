import type { RewriteRule } from '../model/rewriting.ts';
import type { Token } from '../syntax.ts';
import { countText } from './arguments.ts';
import { type FieldReader, fieldReaders } from './rewrite-fields.ts';
import type { Directive, StatementContext } from './spec.ts';

const kinds = '[exact|prefix|suffix|substring|regex]';

export const rewrite: Directive = {
	name: 'rewrite',
	summary: 'changes questions on their way to the upstreams, and the answers back',
	syntax: '[continue|stop] FIELD…',
	text: [
		'A rule stands on the line or in braces, one a `rewrite`. Rules are looked at in the order of the file; after one ' +
			'that fits no other is, unless it says `continue`. What they do to answers is done in the opposite order.',
		'A match is `exact` unless another is named. Names are compared in lower case and with their last dot, and a dot ' +
			'is put behind FROM and TO where there is none: `prefix`, `suffix` and `substring` look for whole labels up to a ' +
			'dot. `regex` is one of Go’s regular expressions, searched for anywhere in the name; `{1}` in TO is its first group.',
		'The client sees its own question. The answer is changed once, before it is kept: what comes from the cache is the ' +
			'same. `forward` and its `except` look at the changed name, `cache` and server blocks at the client’s.',
	],
	args: [],
	options: [
		{
			name: 'name',
			syntax: `${kinds} FROM TO [answer auto | answer name FROM TO | answer value FROM TO]…`,
			args: [],
			text:
				'another name is asked for. `answer auto` turns it back in the answer, with names below it (for `suffix`: all names ' +
				'that end in TO); `exact` always does. `answer name` changes the owners of records, `answer value` the names that ' +
				'CNAME, DNAME, MX, NAPTR, NS, PTR, SOA and SRV records point at; their FROM is a regular expression, and TO takes ' +
				'the place of the whole name',
			tests: [
				'scenario/rewrite-name-is-turned-back-on-miss-and-hit',
				'scenario/rewrite-rules-go-on-and-back',
			],
		},
		{
			name: 'type',
			syntax: 'FROM TO',
			args: [],
			text: 'another type is asked for; the answer holds records of that type',
			tests: ['scenario/rewrite-type-asks-for-another'],
		},
		{
			name: 'ttl',
			syntax: `${kinds} NAME TTL|MIN-MAX`,
			args: [],
			text: 'bounds the TTLs of answers to NAME, after the bounds of `cache`; `30-`, `-300` and `30-300` are ranges',
			coredns: 'there a TTL does not run down once it is set',
			tests: ['scenario/rewrite-ttl-and-rcode-hold-for-what-is-kept'],
		},
		{
			name: 'rcode',
			syntax: `${kinds} NAME FROM TO`,
			args: [],
			text: 'another RCODE for answers to NAME, those included that petrel makes when no upstream answers',
			tests: ['scenario/rewrite-ttl-and-rcode-hold-for-what-is-kept'],
		},
		{
			name: 'cname',
			syntax: `${kinds} FROM TO`,
			args: [],
			text:
				'another target for a CNAME in the answer: its records are asked for and put in place of what stood behind the ' +
				'CNAME. No dot is put behind FROM and TO here. The first target that fits is changed, once an answer',
			coredns: 'the target is looked up by the whole server there, here by the `forward` of the block',
			tests: ['scenario/rewrite-cname-asks-for-the-new-target'],
		},
		{
			name: 'class',
			syntax: 'FROM TO',
			args: [],
			text: 'a rule for classes other than IN',
			ignored: 'queries of another class than IN are answered REFUSED',
			tests: ['unit/config/rewrite-directive'],
		},
		{
			name: 'edns0',
			syntax: 'local|nsid|subnet set|append|replace|unset…',
			args: [],
			text: 'a rule for EDNS options of queries',
			ignored: 'EDNS options end at petrel, and one answer is for all clients',
			tests: ['unit/config/rewrite-directive'],
		},
	],
	anyCase: true,
	coredns: [
		'rules run when an upstream is asked; in CoreDNS for each query and reply. The cache holds the finished answer, ' +
			'under the client’s question',
		'AD is cleared in answers whose names or records were changed',
		'names that rules have changed are in lower case',
		'a `{N}` in TO without such a group, and a TO of `exact` that is no name, are errors; there the queries fail',
		'`\\p` in regular expressions is refused',
	],
	tests: ['unit/config/rewrite-directive', 'integration/coredns-differences'],
	example: `. {
    rewrite name exact old.example new.example
    rewrite continue {
        ttl regex (.*)\\.example\\.org 30-300
    }
    rewrite name suffix .corp.example .svc.cluster.local answer auto
    cache
    forward . 192.0.2.1
}`,
	read: readRewrite,
};

function readRewrite({ statement, block, report }: StatementContext): void {
	const { name, args } = statement;
	const inBraces = (statement.block ?? []).flatMap((line) => [line.name, ...line.args]);
	if (args.length > 1 && statement.block) {
		report.error(name.at, 'a rule of `rewrite` stands on the line or in braces', 'remove the braces');
		return;
	}
	const words = [...args, ...inBraces];
	const mode = words[0]?.text.toLowerCase();
	const hasMode = mode === 'continue' || mode === 'stop';
	const [field, ...rest] = hasMode ? words.slice(1) : words;
	if (field === undefined) {
		report.error(name.at, '`rewrite` needs a rule', 'write for example `rewrite name FROM TO`');
		return;
	}
	const body = readerOf(field, report)?.(field, rest, report);
	if (body !== undefined) {
		block.rewrites = [...block.rewrites, { ...body, goesOn: mode === 'continue' } as RewriteRule];
	}
}

function readerOf(field: Token, report: StatementContext['report']): FieldReader | undefined {
	const text = field.text.toLowerCase();
	if (Object.hasOwn(fieldReaders, text)) return fieldReaders[text];
	if (text === 'answer') {
		report.error(field.at, 'a rule begins with `name`, not with `answer`', 'write `name …` before it');
		return undefined;
	}
	const hint = countText.suggest(text, Object.keys(fieldReaders));
	report.error(field.at, `\`rewrite\` has no field \`${field.text}\``, hint);
	return undefined;
}
