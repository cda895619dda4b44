/** Goal: every policy of the table is a cache, whatever it evicts (suite-of.ts), and can be named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPolicies, policies } from '../../../../src/lab/policies/index.ts';
import { describePolicy } from './suite-of.ts';

/** Those that go by the whole cache: most of the servers' are divided, or make room before it is full. */
const fillUp = new Set([...policies.map(({ name }) => name), 'as-bind', 'as-dnsmasq']);

for (const row of allPolicies) describePolicy(row, fillUp.has(row.name));

test('names are words for a command line, each once, and help is a line', () => {
	const names = allPolicies.map(({ name }) => name);
	assert.deepEqual([...new Set(names)], names);
	for (const { name, help, source } of allPolicies) {
		assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
		assert.match(help, /^[^\n]{10,110}$/);
		assert.match(source, /^[^\n]{3,120}$/);
	}
});
