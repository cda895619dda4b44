/** Names of groups have the numbers that a search gives its groups. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupNames } from '../../../src/util/regex/group-names.ts';
import { Regex } from '../../../src/util/regex/regex.ts';

const rows: readonly [pattern: string, names: readonly (string | undefined)[]][] = [
	['a', []],
	['(a)', [undefined]],
	['(?P<x>a)(?<y>b)', ['x', 'y']],
	['(?:a)(?i:b)(?i)(?P<x>c)', ['x']],
	['((?P<in>a)|(b))', [undefined, 'in', undefined]],
	['\\((?P<x>a)\\)', ['x']],
	['[(](?P<x>a)[)]', ['x']],
	['[](](?P<x>a)', ['x']],
	['[^](](?P<x>a)', ['x']],
	['[\\](](?P<x>a)', ['x']],
	['[[:alpha:](](?P<x>a)', ['x']],
	['\\Q(?P<no>\\E(?P<x>a)', ['x']],
	['(a)\\Q((', [undefined]],
];

for (const [pattern, names] of rows) {
	test(`group names of ${pattern}`, () => {
		assert.deepEqual(groupNames(pattern), [undefined, ...names]);
		assert.equal(new Regex(pattern).groups, names.length);
	});
}
