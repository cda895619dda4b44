/** Goal: the example of a policy is a policy, short, and its comparison runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Hyperbolic } from '../../../../examples/policy/hyperbolic.ts';
import { describePolicy } from './suite-of.ts';

const folder = join(import.meta.dirname, '../../../../examples/policy');

describePolicy(
	{
		name: 'hyperbolic',
		help: 'of a few, what was asked for least often for its age goes first',
		source: 'Blankstein, Sen, Freedman, USENIX ATC 2017',
		make: (options) => new Hyperbolic(options),
	},
	true,
);

test("a policy of one's own takes fewer than sixty lines", () => {
	const lines = readFileSync(join(folder, 'hyperbolic.ts'), 'utf8').trimEnd().split('\n').length;
	assert.ok(lines < 60, `${lines} lines`);
});

test('what is asked for often stays, beside what came at the same time', () => {
	const cache = new Hyperbolic({ capacity: 2, seed: 1 });
	for (const key of [0, 1]) if (!cache.get(key)) cache.put(key, 1);
	for (let i = 0; i < 20; i++) cache.get(0);
	for (let key = 2; key < 10; key++) if (!cache.get(key)) cache.put(key, 1);
	assert.equal(cache.has(0), true);
});

test('the comparison prints a hit ratio for each policy and size', () => {
	const output = execFileSync(process.execPath, [join(folder, 'compare.ts')], { encoding: 'utf8' });
	const [head, ...rows] = output.trimEnd().split('\n');
	assert.match(head, /^hits, % +64 KiB +256 KiB +1024 KiB$/);
	assert.deepEqual(
		rows.map((row) => row.split(/ +/)[0]),
		['hyperbolic', 'lru', 'sieve', 's3-fifo'],
	);
	for (const row of rows) {
		const [, ...cells] = row.split(/ +/).map(Number);
		assert.ok(
			cells.every((percent, i) => percent > (cells[i - 1] ?? 10) && percent < 100),
			row,
		);
	}
});
