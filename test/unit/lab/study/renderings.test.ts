/**
 * Goal: table, JSON and CSV say the same as the report. Method: a report of a small study, whose every number is looked for
 * in what was written.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCsv } from '../../../../src/lab/report/csv.ts';
import { renderJson } from '../../../../src/lab/report/json.ts';
import { renderTable } from '../../../../src/lab/report/table.ts';
import type { StudyReport } from '../../../../src/lab/study/report.ts';
import { entries, share, study, zipfSource } from './support.ts';

const madeBy = {
	petrelVersion: '1.2.3',
	nodeVersion: '26.0.0',
	platform: 'linux-x64',
	endedAt: '2026-01-01T00:00:00Z',
};

const report: StudyReport = await study({
	source: zipfSource(20_000),
	policies: ['petrel', 'lru', 's3-fifo', 'min'],
	sizes: [entries(100), share(10), share(20)],
	settings: [['ttl', '60s']],
});

test('JSON is the report, and what there is none of is null or left out', () => {
	const parsed = JSON.parse(renderJson(report, madeBy)) as StudyReport & { schemaVersion: number };
	assert.equal(parsed.schemaVersion, 1);
	assert.deepEqual(parsed.sizes, report.sizes);
	for (const [i, run] of parsed.runs.entries()) {
		const { result, problem } = report.runs[i];
		assert.deepEqual(run.result?.misses, result?.misses);
		assert.equal(run.problem, problem);
	}
	assert.equal(parsed.runs[0].memoryPerKeyBytes, null);
});

test('CSV has a line a run, and the same columns in each', () => {
	const [head, ...lines] = renderCsv(report).trimEnd().split('\n');
	const names = head.split(',');
	assert.equal(lines.length, report.runs.length);
	const at = (name: string): number => names.indexOf(name);
	for (const [i, line] of lines.entries()) {
		const fields = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)!.slice(0, names.length);
		const { policy, size, result, problem } = report.runs[i];
		const value = (name: string): string => fields[at(name)].replace(/,$/, '').replace(/^"|"$/g, '');
		assert.equal(value('policy'), policy);
		assert.equal(value('size'), report.sizes[size].written);
		assert.equal(value('hits'), result === undefined ? '' : String(result.hits.all));
		assert.equal(value('misses_expired'), result === undefined ? '' : String(result.misses.expired));
		assert.equal(value('problem'), problem ?? '');
	}
});

test('CSV quotes what has commas, quotes or line breaks', () => {
	const source = { ...report.source, name: 'a,"b"\nc' };
	assert.ok(renderCsv({ ...report, source }).includes('\n"a,""b""\nc",petrel,'));
});

test('the table has every hit ratio, marks the best that do not know the future, and says what could not be run', () => {
	const text = renderTable(report, { columns: 200, details: false });
	for (const { result } of report.runs) {
		if (result) assert.ok(text.includes((result.hitRatio.byRequests * 100).toFixed(2)));
	}
	const line = (policy: string): string => text.split('\n').find((line) => line.startsWith(`${policy} `))!;
	assert.doesNotMatch(line('min'), /\*/);
	for (const size of report.sizes.keys()) {
		const online = report.runs.filter((run) => run.size === size && run.policy !== 'min' && run.result);
		const best = Math.max(...online.map(({ result }) => result!.hitRatio.byRequests));
		const marked = online.filter(({ policy }) => line(policy).includes(`${(best * 100).toFixed(2)}*`));
		assert.ok(marked.length > 0, `${size}`);
	}
	assert.match(text, /^petrel at 100: the live cache has no number of entries/m);
	assert.match(text, /^ttl 60s$/m);
});

test('a narrow terminal gets several tables, and no line is wider', () => {
	const text = renderTable(report, { columns: 60, details: true });
	const tables = text.split('\n').filter((line) => line.startsWith('lru '));
	assert.ok(tables.length > 10);
	for (const line of text.split('\n').filter((line) => /^(petrel|lru|s3-fifo|min) +[\d-]/.test(line))) {
		assert.ok(line.length <= 60, line);
	}
});

test('details have what every miss was', () => {
	const text = renderTable(report, { columns: 500, details: true });
	const { misses } = report.runs.find(({ policy, size }) => policy === 'lru' && size === 0)!.result!;
	for (const count of [
		misses.all,
		misses.first,
		misses.expired,
		misses.capacity,
		misses.capacityThenExpired,
	]) {
		assert.ok(text.includes(count.toLocaleString('en-US')), `${count}`);
	}
	assert.match(text, /^at 100 entries$/m);
	assert.match(text, /^at [\d.]+ KiB \(10%\)$/m);
});
