/** From a server block as written to what it means. */

import { nearest } from '../util/nearest.ts';
import { refusedDirectives } from './directives/refused.ts';
import type { BlockDraft } from './directives/spec.ts';
import { directiveTable } from './directives/table.ts';
import { emptyBlock } from './empty-block.ts';
import type { ServerBlock, SourcePosition } from './model.ts';
import { pillarHint } from './pillar.ts';
import type { Report } from './report.ts';
import type { SourceBlock, Statement } from './syntax.ts';
import { readZoneKey } from './zone-key.ts';

/** The block, or undefined when it has no key that can be used. All that is wrong is reported. */
export function buildServerBlock(
	source: SourceBlock,
	defaultPort: number,
	report: Report,
): ServerBlock | undefined {
	const [first] = source.keys;
	if (!source.braced && first && directiveTable.has(first.text)) {
		const message = `the directive \`${first.text}\` stands outside a server block`;
		report.error(first.at, message, `write \`. {\` above it and \`}\` below it`);
		return undefined;
	}
	const keys = source.keys.flatMap((key) => readZoneKey(key, defaultPort, report));
	const at = first?.at ?? source.statements[0]?.name.at;
	if (at === undefined) return undefined;
	if (source.keys.length === 0) {
		report.error(at, 'a server block has no zone', 'for all names write `. {`; is a variable not set?');
	}
	const block = emptyBlock(at, keys);
	readStatements(source, block, report);
	return keys.length > 0 ? block : undefined;
}

function readStatements(source: SourceBlock, block: BlockDraft, report: Report): void {
	const zones = [...new Set(block.keys.map((key) => key.zone))];
	const seen = new Map<string, SourcePosition>();
	const errorCountBefore = report.errorCount;
	for (const statement of source.statements) {
		const { text, at } = statement.name;
		const directive = directiveTable.get(text);
		if (!directive) {
			refuse(statement, source, report);
			continue;
		}
		directive.read({ statement, block, zones, report, earlier: seen.get(text) });
		if (!seen.has(text)) seen.set(text, at);
	}
	if (answersNothing(block) && report.errorCount === errorCountBefore) {
		report.warn(
			block.at,
			'this block answers REFUSED to everything: it has no `forward`',
			'add `forward . ADDRESS`',
			'answers-nothing',
		);
	}
}

function answersNothing(block: ServerBlock): boolean {
	const { forwards, whoami, hosts, local, templates } = block;
	return forwards.length === 0 && !whoami && !hosts && !local && templates.length === 0;
}

function refuse(statement: Statement, source: SourceBlock, report: Report): void {
	const { text, at } = statement.name;
	const refused = refusedDirectives.get(text);
	if (refused) {
		report.error(
			at,
			`petrel does not have \`${text}\` (${refused.meaning}) in this version`,
			refused.instead,
		);
		return;
	}
	report.error(at, `there is no directive \`${text}\``, unknownHint(text, statement, source));
}

function unknownHint(text: string, statement: Statement, source: SourceBlock): string {
	const pillar = pillarHint(text);
	if (pillar !== undefined) return pillar;
	if (!source.braced && statement.block) {
		const [first] = source.keys;
		return `if it is a server block: the block in line ${first?.at.line ?? 1} needs braces too`;
	}
	const near = nearest(text, [...directiveTable.keys(), ...refusedDirectives.keys()]);
	if (near !== undefined) return `did you mean \`${near}\`?`;
	return `petrel has ${[...directiveTable.keys()].join(', ')}`;
}
