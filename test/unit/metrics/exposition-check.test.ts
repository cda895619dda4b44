/** Goal: the checker of the text format, which judges every exposition in the tests, finds what is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExposition } from '../../support/exposition.ts';

const head = (name: string, type: string): string => `# HELP ${name} a text\n# TYPE ${name} ${type}\n`;
const histogram = (...lines: readonly string[]): string => `${head('h', 'histogram')}${lines.join('\n')}\n`;

const wrong: readonly [text: string, fault: RegExp][] = [
	[`${head('a_total', 'counter')}a_total 1`, /line feed/],
	[`${head('a', 'counter')}a 1\n`, /no _total/],
	[`${head('a', 'thing')}a 1\n`, /unknown type/],
	[`${head('a', 'gauge')}a 1\na 2\n`, /stands twice/],
	[`${head('a', 'gauge')}a{x="1",y="2"} 1\na{y="2",x="1"} 1\n`, /stands twice/],
	[`${head('a', 'gauge')}a{x="1",x="2"} 1\n`, /no sample/],
	[`${head('a', 'gauge')}a{x=1} 1\n`, /no sample/],
	[`${head('a', 'gauge')}a{x="\\d"} 1\n`, /no sample/],
	[`${head('a', 'gauge')}a one\n`, /no sample/],
	[`${head('a', 'gauge')}${head('a', 'gauge')}a 1\n`, /a second HELP/],
	[`${head('a', 'gauge')}a 1\n# TYPE a gauge\n`, /TYPE behind samples/],
	[`${head('a', 'gauge')}a 1\n${head('b', 'gauge')}b 1\na{x="1"} 1\n`, /not stand together/],
	['a 1\n', /no TYPE and HELP/],
	[`${head('a_total', 'counter')}a_total -1\n`, /no count/],
	[histogram('h_bucket{le="1"} 2', 'h_bucket{le="+Inf"} 1', 'h_sum 1', 'h_count 1'), /not cumulative/],
	[histogram('h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 1', 'h_count 1'), /_count is not/],
	[
		histogram('h_bucket{le="2"} 1', 'h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 1', 'h_sum 1', 'h_count 1'),
		/do not rise/,
	],
	[histogram('h_bucket{le="1"} 1', 'h_sum 1', 'h_count 1'), /is not \+Inf/],
	[histogram('h_bucket{le="+Inf"} 1', 'h_count 1'), /has no _sum/],
];

for (const [text, fault] of wrong) {
	test(`${JSON.stringify(text)} is wrong`, () => {
		const { faults } = readExposition(text);
		assert.ok(
			faults.some((found) => fault.test(found)),
			faults.join('\n'),
		);
	});
}

test('what is right has no faults, and its values', () => {
	const { faults, samples } = readExposition(
		`${head('a', 'gauge')}a{x="q\\"\\\\\\n"} +Inf\na 1.5e-7\n\n${histogram('h_bucket{k="v",le="1"} 1', 'h_bucket{k="v",le="+Inf"} 2', 'h_sum{k="v"} 1', 'h_count{k="v"} 2')}`,
	);
	assert.deepEqual(faults, []);
	assert.deepEqual(samples[0], { name: 'a', labels: { x: 'q"\\\n' }, value: Number.POSITIVE_INFINITY });
	assert.equal(samples[1].value, 1.5e-7);
	assert.equal(samples.length, 6);
});
