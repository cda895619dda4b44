import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LoadResult, loadCorefile } from '../../../src/config/load.ts';
import type { LoadBalanceOptions } from '../../../src/config/model/rewriting.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding } from './support.ts';

const plain: LoadBalanceOptions = { policy: 'round_robin', weights: [], prefer: [] };

const valid: readonly [lines: string, expected: LoadBalanceOptions][] = [
	['loadbalance', plain],
	['loadbalance round_robin', plain],
	[
		'loadbalance {\nprefer 10.9.0.0/16 2001:db8::/32\nprefer 192.0.2.1/32\n}',
		{
			...plain,
			prefer: [
				{ octets: [10, 9, 0, 0], prefixBits: 16 },
				{ octets: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], prefixBits: 32 },
				{ octets: [192, 0, 2, 1], prefixBits: 32 },
			],
		},
	],
];

for (const [lines, expected] of valid) {
	test(`loadbalance: ${JSON.stringify(lines)}`, () =>
		assert.deepEqual(blockOf(`${lines}\nwhoami`).loadbalance, expected));
}

function weightsOf(text: string): LoadResult {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-test-'));
	try {
		writeFileSync(join(directory, 'weights'), text);
		const corefile = '. {\nloadbalance weighted ./weights {\nreload 10s\n}\nwhoami\n}';
		return loadCorefile({ path: join(directory, 'Corefile'), text: corefile, env: {} });
	} finally {
		rmSync(directory, { recursive: true });
	}
}

test('a weight file is read with the Corefile, from beside it', () => {
	const { model, warnings } = weightsOf(
		'# comment\n\nWWW.example\n192.0.2.1 3\n  2001:db8::1\t255\nb.example.\n192.0.2.2 1\nwww.example.\n192.0.2.3 2\n',
	);
	assert.match(warnings[0].message, /`reload` changes nothing/);
	assert.equal(warnings.length, 1);
	assert.match(model!.files[1], /weights$/);
	assert.deepEqual(model!.blocks[0].loadbalance, {
		policy: 'weighted',
		prefer: [],
		weights: [
			{
				name: 'www.example.',
				addresses: [
					{ octets: [192, 0, 2, 1], weight: 3 },
					{ octets: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], weight: 255 },
					{ octets: [192, 0, 2, 3], weight: 2 },
				],
			},
			{ name: 'b.example.', addresses: [{ octets: [192, 0, 2, 2], weight: 1 }] },
		],
	});
});

for (const [text, line, message] of [
	['a.example\n192.0.2.1', 2, /has no weight/],
	['192.0.2.1 1', 1, /no name stands before/],
	['a.example\n192.0.2 1', 2, /not an address/],
	['a.example\n192.0.2.1 0', 2, /not a weight/],
	['a.example\n192.0.2.1 256', 2, /not a weight/],
	['a.example\n192.0.2.1 1 2', 2, /too many words/],
	['a..example', 1, /empty label/],
] as const) {
	test(`a weight file with ${JSON.stringify(text)} is refused with its line`, () => {
		const { errors } = weightsOf(text);
		assert.equal(errors.length, 1);
		assert.match(errors[0].message, message);
		assert.match(errors[0].at.file, /weights$/);
		assert.equal(errors[0].at.line, line);
	});
}

test('a weight file that is not there is warned of, and all weights are equal', () => {
	const text = '. {\nloadbalance weighted /nonexistent/weights\nwhoami\n}';
	assertWarning(text, { at: '2:22', message: /cannot be read/, hint: /equal weights/ });
});

test('minimal stands by itself', () => {
	assert.equal(blockOf('minimal\nwhoami').minimal, true);
	assertError('. {\nminimal all\nwhoami\n}', { at: '2:9', message: /no arguments/ });
});

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['loadbalance random', { at: '2:13', message: /does not know `random`/, hint: /round_robin/ }],
	['loadbalance round_robin x', { at: '2:25', message: /at most 2 arguments/ }],
	['loadbalance weighted', { at: '2:13', message: /needs WEIGHTFILE/ }],
	['loadbalance {\nreload\n}', { at: '3:1', message: /needs DURATION/ }],
	['loadbalance {\nprefer\n}', { at: '3:1', message: /needs CIDR/ }],
	[
		'loadbalance {\nprefer 10.9.0.0\n}',
		{ at: '3:8', message: /not an address range/, hint: /10\.9\.0\.0\/32/ },
	],
	['loadbalance {\nprefer 10.9.0.0/33\n}', { at: '3:8', message: /not an address range/ }],
	['loadbalance {\nprefer lan\n}', { at: '3:8', message: /not an address range/ }],
	['loadbalance\nloadbalance', { at: '3:1', message: /stands twice/ }],
];

for (const [lines, expected] of invalid) {
	test(`loadbalance refuses ${JSON.stringify(lines)}`, () =>
		assertError(`. {\n${lines}\nwhoami\n}`, expected));
}
