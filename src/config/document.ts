/** Writes `docs/corefile.md` from the table of directives. */
import { show, usage } from './directives/arguments.ts';
import { refusedDirectives } from './directives/refused.ts';
import type { ArgumentSpec, Directive } from './directives/spec.ts';
import { directiveTable } from './directives/table.ts';
import { tableCell } from './table-cell.ts';

const introduction = `# The Corefile

<!-- Written by scripts/write-docs.ts from src/config/: change it there, then run \`npm run docs\`. -->

petrel is configured by a Corefile, the file that CoreDNS and NodeLocal DNSCache use. It says which zones are answered on
which port, and how. \`petrel check COREFILE\` checks one and shows every error and warning with its line.

\`\`\`corefile
# All names: ask two upstreams, keep the answers.
. {
    forward . 192.0.2.1 192.0.2.2
    cache
    errors
}

# Names of the cluster: ask its DNS, over TCP.
cluster.local in-addr.arpa {
    forward . 10.96.0.10 {
        force_tcp
    }
    cache 30
}
\`\`\`

## Grammar

- A **server block** is one or more keys and, in braces, its directives. Its keys are separated by spaces or commas; after
  a comma they go on in the next line. A file with only one block needs no braces: the first line holds the keys.
- A **directive** is one line: its name and arguments. Some have a block of **options**, one a line; its \`{\` stands at the
  end of the directive's line. The order of directives means nothing.
- **Words** are separated by white space. A word in double quotes may hold spaces and line ends; \`\\"\` in it is a quote, any
  other backslash is itself. A line is not continued by a backslash.
- \`{\` and \`}\` must be words of their own: \`cache {\`, not \`cache{\`.
- \`#\` starts a **comment** to the end of the line, also in the middle of a word.
- \`{$NAME}\` and \`{%NAME%}\` are replaced by the **environment variable** NAME, by an empty text if it is not set. What comes
  in stays one word.
- A **snippet** is a block \`(name) { … }\` that \`import name\` brings in: see [import](#import).

## Keys

| key | serves |
| --- | --- |
| \`example.org\` | names in example.org, on port 53 |
| \`example.org:5300\` | the same on port 5300; port 0 takes any that is free |
| \`.\` or \`.:53\` | all names |
| \`dns://example.org\` | as \`example.org\` |
| \`10.0.0.0/8\` | the reverse zone 10.in-addr.arpa |
| \`10.0.0.0/15:5300\` | 0.10.in-addr.arpa and 1.10.in-addr.arpa: a length between two labels stands for several zones |
| \`2001:db8::/32\` | the reverse zone 8.b.d.0.1.0.0.2.ip6.arpa |

Where several blocks match, the longest zone wins. The same zone may stand on the same port twice only with different
\`bind\` addresses. \`tls://\`, \`https://\`, \`grpc://\` and \`quic://\` are refused in this version.

## Units

- A **duration** is one or more numbers with a unit, \`ns\` \`us\` \`ms\` \`s\` \`m\` \`h\`: \`500ms\`, \`1h30m\`, \`1.5s\`. 0 needs no unit. What is
  finer than the setting is rounded up, with a warning.
- A time given as **seconds** is a number without a unit: \`cache 300\`.
- A **zone** is a name, in any case of letters and with or without the dot at the end, or an address range.
`;

/** The whole document. */
export function renderCorefileDocument(): string {
	const directives = [...directiveTable.values()];
	return `${[
		introduction,
		'## Directives\n',
		...directives.map(({ name, summary }) => `- [${name}](#${name}): ${summary}`),
		'',
		...directives.map(renderDirective),
		renderRefused(),
	].join('\n')}\n`;
}

function renderDirective(directive: Directive): string {
	const parts = [
		`### ${directive.name}\n`,
		`${sentence(directive.summary)}\n`,
		`${renderSyntax(directive)}\n`,
		...directive.text.map((paragraph) => `${paragraph}\n`),
	];
	if (directive.args.length > 0)
		parts.push(directive.args.map((spec) => renderArgument(spec, '')).join('\n'), '');
	if (directive.options.length > 0) parts.push('Options:\n', ...directive.options.map(renderOption), '');
	if (directive.coredns.length > 0) {
		parts.push('Other than in CoreDNS:\n', ...directive.coredns.map((text) => `- ${text}`), '');
	}
	const refused = Object.entries(directive.refusedOptions ?? {});
	if (refused.length > 0) {
		parts.push(
			'Not in this version:\n',
			...refused.map(([name, instead]) => `- \`${name}\`: ${instead}`),
			'',
		);
	}
	parts.push('Example:\n', `\`\`\`corefile\n${directive.example}\n\`\`\`\n`);
	return parts.join('\n');
}

function renderSyntax(directive: Directive): string {
	const line = usage(directive);
	const options = directive.options.map((option) => `    ${usage(option)}`);
	const lines = options.length > 0 ? [`${line} {`, ...options, '}'] : [line];
	return ['```txt', ...lines, '```'].join('\n');
}

function renderOption(option: Directive['options'][number]): string {
	const lines = [
		`- \`${usage(option)}\`: ${option.text}.${option.default ? ` Default: ${option.default}.` : ''}`,
	];
	lines.push(...option.args.map((spec) => renderArgument(spec, '  ')));
	if (option.coredns) lines.push(`  - CoreDNS: ${option.coredns}.`);
	return lines.join('\n');
}

function renderArgument(spec: ArgumentSpec, indent: string): string {
	const form = [formOf(spec), boundsOf(spec)].filter((text) => text !== '').join(', ');
	const name = spec.kind === 'choice' && !spec.many ? spec.choices!.join('|') : spec.name;
	const normal = spec.default === undefined ? '' : ` Default: ${show(spec.default, spec)}.`;
	return `${indent}- \`${name}\`${form === '' ? '' : ` (${form})`}: ${spec.text}.${normal}`;
}

function formOf(spec: ArgumentSpec): string {
	switch (spec.kind) {
		case 'integer':
			return spec.unit === 's' ? 'seconds' : (spec.unit ?? 'integer');
		case 'percent':
			return 'percentage';
		case 'choice':
			return spec.many ? spec.choices!.join(' ') : '';
		case 'rcode':
			return 'RCODEs';
		case 'zone':
			return spec.many ? 'zones' : 'zone';
		case 'duration':
			return 'duration';
		case 'word':
			return '';
	}
}

function boundsOf(spec: ArgumentSpec): string {
	if (spec.min === undefined) return '';
	if (spec.max === undefined) return spec.min === 0 ? '' : `at least ${show(spec.min, spec)}`;
	return `${show(spec.min, spec)} to ${show(spec.max, spec)}`;
}

function renderRefused(): string {
	const rows = [...refusedDirectives].map(
		([name, { meaning, instead }]) => `| \`${name}\` | ${tableCell(meaning)} | ${tableCell(instead)} |`,
	);
	return [
		'## Directives of CoreDNS that petrel does not have\n',
		'A Corefile with one of them is refused, with its line.\n',
		'| directive | what it is | what to do |',
		'| --- | --- | --- |',
		...rows,
	].join('\n');
}

function sentence(text: string): string {
	return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
