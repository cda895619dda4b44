/** Goal: the bench of scrapes runs. Method: its smoke mode. What it measures is judged by nobody here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiler } from '../../bench/lib/compile.ts';
import { Child } from '../support/integration/child.ts';

const skip = compiler === undefined && 'there is no C compiler (Debian: gcc, libc6-dev)';

test('the bench of scrapes prints latencies, series and times', { timeout: 120_000, skip }, async (t) => {
	const bench = join(import.meta.dirname, '../../bench/macro/scrape.ts');
	const child = await Child.start(t, process.execPath, [bench, '--smoke']);
	const { code } = await child.exited;
	assert.equal(code, 0, child.stderr);
	assert.match(
		child.stdout,
		/^\| 1 \| [\d.]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \| [\d.]+( \(void\))? \| \d+ \|$/m,
	);
	assert.match(
		child.stdout,
		/^100 client addresses, 2000 of 2000 names answered, \d+ entries in the cache$/m,
	);
	assert.match(child.stdout, /^series: \d+ after the first query, \d+ now; the bound is \d+$/m);
	assert.match(child.stdout, /^a scrape takes [\d.]+ .*ms, of which rendering [\d.]+ .*ms$/m);
});
