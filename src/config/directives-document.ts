/** Writes `docs/directives.md` from the table of directives: what is there, what is not, and which test shows it. */
import { usage } from './directives/arguments.ts';
import { refusedDirectives } from './directives/refused.ts';
import type { Directive } from './directives/spec.ts';
import { directiveTable } from './directives/table.ts';
import { tableCell } from './table-cell.ts';

const introduction = `# Directives

<!-- Written by scripts/write-docs.ts from src/config/: change it there, then run \`npm run docs\`. -->

Every directive and option of CoreDNS 1.14.7, and petrel's own: whether it is supported, accepted without effect (with a
warning), or refused, and the tests that show it. [corefile.md](corefile.md) has what each means.

| directive | option | | tests |
| --- | --- | --- | --- |
`;

/** The whole document. */
export function renderDirectivesDocument(): string {
	const rows = [...directiveTable.values()].map((directive) => ({
		name: directive.name,
		lines: directiveLines(directive),
	}));
	const refused = [...refusedDirectives]
		.filter(([name]) => !directiveTable.has(name))
		.map(([name, { instead }]) => ({
			name,
			lines: [row(`\`${name}\``, '', `refused: ${instead}`, ['unit/config/refused'])],
		}));
	const sorted = [...rows, ...refused].sort((a, b) => (a.name < b.name ? -1 : 1));
	return `${introduction}${sorted.flatMap(({ lines }) => lines).join('\n')}\n`;
}

function directiveLines(directive: Directive): string[] {
	const { name, tests, options, refusedOptions = {}, ignored } = directive;
	return [
		row(`[${name}](corefile.md#${name})`, '', state(ignored), tests),
		...options.map((option) =>
			row('', `\`${usage(option)}\``, state(ignored ?? option.ignored), option.tests ?? tests),
		),
		...Object.entries(refusedOptions).map(([option, instead]) =>
			row('', `\`${option}\``, `refused: ${instead}`, ['unit/config/refused']),
		),
	];
}

function state(ignored: string | undefined): string {
	return ignored === undefined ? 'supported' : `without effect: ${ignored}`;
}

function row(directive: string, option: string, what: string, tests: readonly string[]): string {
	const links = tests.map((name) => `[${name}](../${testFile(name)})`).join(', ');
	return `| ${directive} | ${tableCell(option)} | ${tableCell(what)} | ${links} |`;
}

/** The file that a name among `tests` stands for. */
export function testFile(name: string): string {
	return name.startsWith('scenario/') ? `test/${name}.rpl` : `test/${name}.test.ts`;
}
