import { readEntry, readInlineRecords } from './read-entry.ts';
import { SourceLines } from './source-lines.ts';
import type { Entry, Range, Scenario, ScenarioConfig, Step } from './syntax.ts';

const defaultCacheBytes = 1 << 20;

/** Reads a scenario file. Throws a `ScenarioError` that names the line for what it does not understand. */
export function readScenario(file: string, text: string): Scenario {
	const lines = new SourceLines(file, text);
	const config = readConfig(lines);
	const begin = /^SCENARIO_BEGIN\s+(.+)$/.exec(lines.read() ?? '');
	if (!begin) return lines.fail('SCENARIO_BEGIN and a title were expected here');
	const ranges: Range[] = [];
	const steps: Step[] = [];
	for (;;) {
		const line = lines.read() ?? lines.fail('the file has no SCENARIO_END');
		if (line === 'SCENARIO_END') break;
		if (line.startsWith('RANGE_BEGIN')) ranges.push(readRange(lines, line));
		else steps.push(readStep(lines, line, steps.at(-1)?.number ?? -1));
	}
	if (lines.peek() !== undefined) lines.fail('there is something behind SCENARIO_END');
	return { file, title: begin[1], config, ranges, steps };
}

function readConfig(lines: SourceLines): ScenarioConfig {
	const [word, ...options] = (lines.read() ?? '').split(/\s+/);
	if (word !== 'CONFIG') lines.fail('a scenario begins with CONFIG and a Corefile');
	const values: Record<string, number> = { SHARDS: 1, CACHE: defaultCacheBytes, SEED: 1 };
	for (let i = 0; i < options.length; i += 2) {
		const [name, value] = [options[i], Number(options[i + 1])];
		if (!(name in values) || !Number.isInteger(value))
			lines.fail(`"${name} ${options[i + 1]}" is no option of CONFIG`);
		values[name] = value;
	}
	const above = '\n'.repeat(lines.line);
	const corefile = above + lines.readRaw('CONFIG_END').join('\n');
	return { corefile, shards: values.SHARDS, cacheBytes: values.CACHE, seed: values.SEED };
}

function readRange(lines: SourceLines, line: string): Range {
	const match = /^RANGE_BEGIN\s+(\d+)\s+(\d+)$/.exec(line);
	if (!match) return lines.fail('write RANGE_BEGIN FIRST_STEP LAST_STEP');
	const addresses: string[] = [];
	const entries: Entry[] = [];
	for (;;) {
		const text = lines.read() ?? lines.fail('the range has no RANGE_END');
		if (text === 'RANGE_END') break;
		if (text === 'ENTRY_BEGIN') entries.push(readEntry(lines));
		else if (text.startsWith('ADDRESS')) addresses.push(text.split(/\s+/)[1]);
		else lines.fail(`"${text}" does not belong into a range`);
	}
	return { first: Number(match[1]), last: Number(match[2]), addresses, entries };
}

function readStep(lines: SourceLines, text: string, before: number): Step {
	const [head, ...records] = text.split(/\s\|\s/);
	const match = /^STEP\s+(\d+)\s+([A-Z_]+)(?:\s+(.*))?$/.exec(head);
	if (!match) return lines.fail(`"${text}" is no step; write STEP NUMBER EVENT`);
	const number = Number(match[1]);
	if (number <= before) lines.fail(`step ${number} stands behind step ${before}; numbers must rise`);
	const line = lines.line;
	const words = (match[3] ?? '').split(/\s+/).filter((word) => word !== '');
	let entry: Entry | undefined;
	if (lines.peek() === 'ENTRY_BEGIN') {
		lines.read();
		entry = readEntry(lines);
		if (records.length > 0) lines.fail('records stand either behind | or in an entry');
	}
	return { number, line, event: match[2], words, entry, records: readInlineRecords(records, line) };
}
