/** How findings look: marks under the words that are meant, whatever stands before them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFinding, formatFindings } from '../../../src/config/format.ts';
import type { Finding } from '../../../src/config/model.ts';

function at(column: number, message = 'm', hint?: string): Finding {
	return { at: { file: 'f', line: 1, column }, message, ...(hint ? { hint } : {}) };
}

/** The line of marks, as far as the frame. */
function marks(line: string, ...columns: number[]): string {
	const text = formatFindings(
		columns.map((column) => at(column)),
		'error',
		line,
	);
	return text.split('\n').at(-1)!.slice(4);
}

const rows: [name: string, line: string, columns: number[], expected: string][] = [
	['the whole word', 'cache 3600s', [7], '      ^~~~~'],
	['tabs stay tabs', '\tcache\t0', [8], '\t     \t^'],
	['wide characters take two cells', '漢字 x', [4], '     ^'],
	['a wide word is marked over its whole width', '漢字 x', [1], '^~~~'],
	['marks on letters take none', 'e\u0301 x', [4], '  ^'],
	['emoji take two cells', '😀 x', [3], '   ^'],
	['several places', 'a bb ccc', [1, 6], '^    ^~~'],
	['the end of the line', 'ab', [3], '  ^'],
	['a key ends at its comma', 'a.example,b.example {', [11], '          ^~~~~~~~~'],
];

for (const [name, line, columns, expected] of rows) {
	test(`format: ${name}`, () => assert.equal(marks(line, ...columns), expected));
}

test('format: findings of one line share its text, and each says its hint', () => {
	assert.equal(
		formatFindings([at(1, 'one', 'h1'), at(3, 'two', 'h2')], 'warning', 'a b'),
		[
			'f:1:1: warning: one',
			'f:1:3: warning: two',
			'    a b',
			'    ^ ^',
			'  hint (column 1): h1',
			'  hint (column 3): h2',
		].join('\n'),
	);
});

test('format: a long line is cut around what is meant', () => {
	const line = `${'x'.repeat(300)} word ${'y'.repeat(300)}`;
	const [, shown, marked] = formatFinding(at(302), 'error', line).split('\n');
	assert.ok(shown.length < 180);
	assert.equal(shown.slice(marked.indexOf('^'), marked.lastIndexOf('~') + 1), 'word');
});

test('format: a source line cannot steer a terminal', () => {
	assert.ok(!formatFinding(at(1), 'error', 'a\u001b[2Jb').includes('\u001b'));
});

test('format: a code stands behind the severity', () => {
	const finding = { ...at(1), code: 'no-bind' };
	assert.equal(formatFinding(finding, 'note'), 'f:1:1: note[no-bind]: m');
});
