/** Goal: whoever looks at a terminal sees how far a study is, and nobody else sees anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressLine } from '../../../src/cli/policies/progress.ts';

function lineOn(isTTY: boolean, isShown = true) {
	const written: string[] = [];
	const line = new ProgressLine({ isTTY, write: (text) => written.push(text) }, isShown);
	return { line, written };
}

test('requests that were read, then a bar, and the line goes when it is over', () => {
	const { line, written } = lineOn(true);
	line.onProgress({ phase: 'reading', requests: 8192 });
	line.onProgress({ phase: 'reading', requests: 123_456 });
	line.onProgress({ phase: 'running', share: 0.5 });
	line.end();
	line.end();
	assert.deepEqual(written, [
		'\r\x1b[K123,456 requests read',
		`\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)} 50 %`,
		'\r\x1b[K',
	]);
});

for (const [what, isTTY, isShown] of [
	['no terminal', false, true],
	['--quiet', true, false],
] as const) {
	test(`nothing with ${what}`, () => {
		const { line, written } = lineOn(isTTY, isShown);
		line.onProgress({ phase: 'running', share: 0.5 });
		line.end();
		assert.deepEqual(written, []);
	});
}
