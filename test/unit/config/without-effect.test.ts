/** Directives of CoreDNS that may stay in a Corefile: accepted as CoreDNS accepts them, with a warning that names the alternative. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyBlock } from '../../../src/config/empty-block.ts';
import { assertError, assertWarning, type ExpectedFinding, load } from './support.ts';

const accepted: readonly [lines: string, alternative: RegExp][] = [
	['multisocket', /--workers/],
	['multisocket 4', /--workers/],
	['pprof', /--cpu-prof/],
	['pprof :6060 {\nblock\n}', /--cpu-prof/],
	['pprof {\nblock 5\n}', /--cpu-prof/],
	['shed', /max_concurrent/],
	['trace', /counters/],
	['trace datadog localhost:8126', /counters/],
	[
		'trace zipkin 192.0.2.9:9411 {\nevery 100\nservice x\nclient_server\ndatadog_analytics_rate 0.5\n' +
			'zipkin_max_backlog_size 1\nzipkin_max_batch_size 2\nzipkin_max_batch_interval 1s\n}',
		/counters/,
	],
];

for (const [lines, alternative] of accepted) {
	test(`${JSON.stringify(lines)} is accepted with a warning, and changes nothing`, () => {
		assertWarning(`. {\n${lines}\nwhoami\n}`, { at: '2:1', message: /changes nothing/ });
		const { model, warnings } = load(`. {\n${lines}\nwhoami\n}`);
		assert.match(warnings[0].message, alternative);
		const [block] = model!.blocks;
		assert.deepEqual(block, { ...emptyBlock(block.at, block.keys), whoami: true });
	});
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['multisocket 0', { at: '2:13', message: /1 to 1024/ }],
	['multisocket 1025', { at: '2:13', message: /1 to 1024/ }],
	['multisocket many', { at: '2:13', message: /integer/ }],
	['pprof a b', { at: '2:9', message: /at most 1 argument/ }],
	['pprof {\nheap\n}', { at: '3:1', message: /no option `heap`/, hint: /block/ }],
	['shed 5', { at: '2:6', message: /no arguments/ }],
	['trace a b c', { at: '2:11', message: /at most 2 arguments/ }],
	['trace {\nevery\n}', { at: '3:1', message: /needs AMOUNT/ }],
	['trace {\nsometimes\n}', { at: '3:1', message: /no option `sometimes`/ }],
];

for (const [lines, expected] of invalid) {
	test(`${JSON.stringify(lines)} is an error`, () => assertError(`. {\n${lines}\nwhoami\n}`, expected));
}
