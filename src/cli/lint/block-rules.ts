/** Rules about server blocks one by one, and about what only some of them have. */
import { directiveTable } from '../../config/directives/table.ts';
import type { ServerBlock, SourcePosition } from '../../config/model.ts';
import { isInZone } from '../../config/zone-name.ts';
import { isSameLine, placeText } from '../place.ts';
import { directivesOf } from '../written.ts';
import type { LintContext } from './lint.ts';

const dnsPort = 53;

type Rule = (context: LintContext) => void;

/** Without `bind` a block listens everywhere: noticed beside blocks that do not, and on the port of DNS. */
const checkBind: Rule = ({ model, found }) => {
	const bound = model.blocks.filter(({ bind }) => bind.length > 0);
	for (const block of model.blocks) {
		if (block.bind.length > 0) continue;
		const ports = new Set(block.keys.map(({ port }) => port));
		const other = bound.find(({ keys }) => keys.some(({ port }) => ports.has(port)));
		if (other) {
			const where = placeText(other.at);
			const message = `this block listens on every address, although the block in ${where} has \`bind\``;
			found('listens-everywhere', block.at, message, `add \`bind ${other.bind.join(' ')}\``);
		} else if (ports.has(dnsPort)) {
			const message = 'this block listens on port 53 of every address of the machine';
			const hint = 'with hostNetwork, or on a machine with a resolver of its own, add `bind ADDRESS`';
			found('no-bind', block.at, message, hint);
		}
	}
};

const checkPrometheus: Rule = ({ model, found }) => {
	const having = model.blocks.find(({ prometheus }) => prometheus !== undefined);
	if (!having) return;
	for (const block of model.blocks) {
		if (block.prometheus !== undefined) continue;
		const where = placeText(having.at);
		const message = `this block is not measured: \`prometheus\` stands in the block of ${where} and not here`;
		found('prometheus-in-some-blocks', block.at, message, 'add the same `prometheus` line to this block');
	}
};

const checkReload: Rule = ({ model, found }) => {
	const [first] = model.blocks;
	if (first === undefined || model.blocks.some(({ reload }) => reload !== undefined)) return;
	const message = 'no block has `reload`: a change of this file waits for SIGHUP or a restart';
	found('no-reload', first.at, message, 'add `reload` to one block');
};

const checkLogs: Rule = ({ model, found }) => {
	for (const block of model.blocks) {
		if (block.forwards.length === 0) continue;
		if (block.errors === undefined) {
			const message = 'this block does not log queries that could not be answered';
			found('no-errors', block.at, message, 'add `errors`');
		}
		if (block.cache === undefined) {
			found('no-cache', block.at, 'this block forwards every query: it has no `cache`', 'add `cache`');
		}
	}
};

const checkCacheZones: Rule = ({ model, written, known, found }) => {
	for (const [number, block] of model.blocks.entries()) {
		const { cache } = block;
		const at = directivesOf(written[number], 'cache').at(-1)?.name.at;
		if (
			!cache ||
			!at ||
			known.some(({ at: other, code }) => code === 'cache-time-as-zone' && isSameLine(other, at))
		)
			continue;
		if (cache.zones.some((zone) => block.keys.some((key) => meet(zone, key.zone)))) continue;
		const zones = cache.zones.join(' ');
		const message = `\`cache\` is for names in ${zones}, and the block has none of them: nothing is kept`;
		found('caches-nothing', at, message, `name zones in ${zonesOf(block)}, or leave them out`);
	}
};

const checkQueryRules: Rule = ({ model, written, found }) => {
	for (const [number, block] of model.blocks.entries()) {
		const last = block.header.query.findLast(({ flags }) => flags.includes('rd'));
		if (last?.action !== 'clear' || block.forwards.length === 0) continue;
		const at = directivesOf(written[number], 'header').at(-1)?.name.at ?? block.at;
		const message = 'queries to upstreams have RD=0: a resolver then answers only what it has in its cache';
		found('clears-rd', at, message, 'keep it only for upstreams that are authoritative');
	}
};

/** What the table of directives says has no effect; loading may have said it already. */
const checkIgnored: Rule = ({ written, known, found }) => {
	const report = (at: SourcePosition, what: string, why: string): void => {
		if (known.some((other) => isSameLine(other.at, at) && other.at.column === at.column)) return;
		found('no-effect', at, `\`${what}\` is accepted and does nothing`, why);
	};
	for (const { statements } of written) {
		for (const { name, block } of statements) {
			const directive = directiveTable.get(name.text);
			if (directive?.ignored !== undefined) report(name.at, name.text, directive.ignored);
			for (const line of block ?? []) {
				const option = directive?.options.find((candidate) => candidate.name === line.name.text);
				if (option?.ignored !== undefined) report(line.name.at, line.name.text, option.ignored);
			}
		}
	}
};

export const blockRules: readonly Rule[] = [
	checkBind,
	checkPrometheus,
	checkReload,
	checkLogs,
	checkCacheZones,
	checkQueryRules,
	checkIgnored,
];

function meet(a: string, b: string): boolean {
	return isInZone(a, b) || isInZone(b, a);
}

function zonesOf(block: ServerBlock): string {
	return [...new Set(block.keys.map(({ zone }) => zone))].join(' ');
}
