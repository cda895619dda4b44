/** `docs/metrics.md` is what the table of metrics says, and its queries ask for metrics that exist. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { counterNames } from '../../src/metrics/hot/counters.ts';
import { renderMetricsDocument, unknownAlertMetrics } from '../../src/metrics/registry/document.ts';
import { allMetrics } from '../../src/metrics/registry/table.ts';

test('docs/metrics.md is up to date (npm run docs)', () => {
	const document = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
	assert.ok(document === renderMetricsDocument(), 'run `npm run docs`');
	for (const { name } of allMetrics) assert.ok(document.includes(`| \`${name}\` |`), name);
});

test('the queries for alerts ask for nothing that is not exposed', () => {
	assert.deepEqual(unknownAlertMetrics(), []);
});

test('each metric has a name of its own in the form that its type asks for, and a text', () => {
	const names = allMetrics.map(({ name }) => name);
	assert.deepEqual(names, [...new Set(names)]);
	for (const { name, type, help, labels } of allMetrics) {
		assert.match(name, /^(coredns|petrel)_[a-z0-9_]+$/);
		assert.equal(name.endsWith('_total'), type === 'counter', name);
		assert.ok(help.length > 3 && !help.endsWith('.'), name);
		assert.ok(
			labels.every((label) => /^[a-z_]+$/.test(label)),
			name,
		);
	}
	for (const name of counterNames) assert.ok(names.includes(`petrel_${name}_total`), name);
});
