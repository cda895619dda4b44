/** Goal: rules do to every combination of flags what running them one by one does. Method: all 65,536 flags fields. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyHeaderMasks, compileHeaderRules, type FlagRule } from '../../../src/rewrite/header-rules.ts';
import { flag } from '../../../src/wire/header.ts';

/** The rules, one after another, as a person would. */
function literally(flags: number, rules: readonly FlagRule[]): number {
	for (const rule of rules) {
		for (const name of rule.flags) flags = rule.action === 'set' ? flags | flag[name] : flags & ~flag[name];
	}
	return flags;
}

const rows: readonly [string, readonly FlagRule[]][] = [
	['no rules', []],
	[
		'the founding story',
		[
			{ action: 'set', flags: ['ra', 'aa'] },
			{ action: 'clear', flags: ['rd'] },
		],
	],
	['one of each flag', [{ action: 'set', flags: ['aa', 'ra', 'rd', 'ad', 'cd'] }]],
	['each cleared', [{ action: 'clear', flags: ['aa', 'ra', 'rd', 'ad', 'cd'] }]],
	[
		'the last rule wins, set',
		[
			{ action: 'clear', flags: ['ra'] },
			{ action: 'set', flags: ['ra'] },
		],
	],
	[
		'the last rule wins, cleared',
		[
			{ action: 'set', flags: ['ra', 'aa'] },
			{ action: 'clear', flags: ['ra'] },
		],
	],
	['a flag twice in one rule', [{ action: 'set', flags: ['rd', 'rd'] }]],
	[
		'there and back again',
		[
			{ action: 'set', flags: ['rd'] },
			{ action: 'clear', flags: ['rd'] },
			{ action: 'set', flags: ['rd'] },
		],
	],
];

for (const [what, rules] of rows) {
	test(`rules in two masks: ${what}`, () => {
		const masks = compileHeaderRules(rules);
		for (let flags = 0; flags <= 0xffff; flags++) {
			const got = applyHeaderMasks(flags, masks);
			if (got !== literally(flags, rules)) assert.fail(`0x${flags.toString(16)} gave 0x${got.toString(16)}`);
		}
	});
}
