/** What `petrel check` warns of and advises, rule by rule, each with the file that has it and one that does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { githubText } from '../../../src/cli/github.ts';
import { findingCodes } from '../../../src/cli/lint/codes.ts';
import { lint, type Place } from '../../../src/cli/lint/lint.ts';
import { directiveTable } from '../../../src/config/directives/table.ts';
import type { LoadResult } from '../../../src/config/load.ts';
import { load } from '../config/support.ts';

const interfaceInfo = { netmask: '255.0.0.0', mac: '00:00:00:00:00:00', internal: false, cidr: null };

function placeWith(files: Readonly<Record<string, string>> = {}): Place {
	return {
		interfaces: {
			lo: [{ ...interfaceInfo, family: 'IPv4', address: '127.0.0.1' }],
			eth0: [{ ...interfaceInfo, family: 'IPv4', address: '10.0.0.5' }],
		},
		readText: (path) => files[path],
	};
}

/** `CODE@LINE` of all findings. */
function codesOf(loaded: LoadResult, place: Place = placeWith()): string[] {
	assert.deepEqual(loaded.errors, []);
	const { warnings, notes } = lint(loaded, place);
	return [...warnings, ...notes].map(({ code, at }) => `${code}@${at.line}`);
}

interface Row {
	readonly name: string;
	readonly text: string;
	readonly expected: string;
	/** A file that is as it should be. */
	readonly fine: string;
	readonly files?: Readonly<Record<string, string>>;
}

const block = (lines: string, key = '.:5300'): string => `${key} {\n${lines}\n}\n`;
const sound = 'bind 127.0.0.1\nerrors\ncache\nloop';

const rows: Row[] = [
	{
		name: 'an upstream that is the block itself',
		text: block(`${sound}\nforward . 127.0.0.1:5300`),
		expected: 'loops-to-itself@6',
		fine: block(`${sound}\nforward . 127.0.0.1:5301`),
	},
	{
		name: 'an upstream on an address of the machine, where the block listens on all',
		text: block('forward . 10.0.0.5:5300'),
		expected: 'loops-to-itself@2',
		fine: block('forward . 10.0.0.6:5300'),
	},
	{
		name: 'two blocks that forward to each other',
		text: `${block('bind 127.0.0.1\nforward . 127.0.0.1:5302', '.:5301')}${block('bind 127.0.0.1\nforward . 127.0.0.1:5301', '.:5302')}`,
		expected: 'loops-to-itself@3',
		fine: `${block('bind 127.0.0.1\nforward . 127.0.0.1:5302', '.:5301')}${block('bind 127.0.0.1\nforward . 192.0.2.1', '.:5302')}`,
	},
	{
		name: 'a zone that goes back to its own block, beside one for all names',
		text: `${block(`${sound}\nforward . 192.0.2.1`)}${block(`${sound}\nforward . 127.0.0.1:5300`, 'a.example:5300')}`,
		expected: 'loops-to-itself@13',
		fine: `${block(`${sound}\nforward . 192.0.2.1`)}${block(`${sound}\nforward . 127.0.0.1:5300`, 'a.example:5301')}`,
	},
	{
		name: 'a resolv.conf that names where petrel listens',
		text: block('bind 127.0.0.1\nforward . /etc/resolv.conf', '.:53'),
		expected: 'loops-to-itself@3',
		files: { '/etc/resolv.conf': 'nameserver 127.0.0.1\n' },
		fine: block('bind 127.0.0.1\nforward . /etc/resolv.conf', '.:5300'),
	},
	{
		name: "a resolv.conf with systemd-resolved's stub",
		text: block('forward . /etc/resolv.conf'),
		expected: 'resolv-conf-stub@2',
		files: { '/etc/resolv.conf': 'nameserver 127.0.0.53\n', '/other': 'nameserver 192.0.2.1\n' },
		fine: block('forward . /other'),
	},
	{
		name: 'a resolv.conf that is not there',
		text: block('forward . /etc/resolv.conf'),
		expected: 'resolv-conf-unusable@2',
		files: { '/other': 'nameserver 192.0.2.1\n' },
		fine: block('forward . /other'),
	},
	{
		name: 'a time that is a zone',
		text: block('cache 3600s\nforward . 192.0.2.1'),
		expected: 'cache-time-as-zone@2',
		fine: block('cache 3600\nforward . 192.0.2.1'),
	},
	{
		name: 'a cache for other zones',
		text: block('cache 30 b.example\nforward . 192.0.2.1', 'a.example'),
		expected: 'caches-nothing@2',
		fine: block('cache 30 www.a.example\nforward . 192.0.2.1', 'a.example'),
	},
	{
		name: 'a capacity',
		text: block('cache {\nsuccess 9984 30\n}\nforward . 192.0.2.1'),
		expected: 'cache-capacity@3',
		fine: block('cache 30\nforward . 192.0.2.1'),
	},
	{
		name: 'nothing that answers',
		text: block('errors'),
		expected: 'answers-nothing@1',
		fine: block('whoami'),
	},
	{
		name: 'no bind on port 53',
		text: block('forward . 192.0.2.1', '.'),
		expected: 'no-bind@1',
		fine: block('bind eth0\nforward . 192.0.2.1', '.'),
	},
	{
		name: 'no bind beside a block that has one',
		text: `${block('bind 127.0.0.1\nwhoami')}${block('whoami', 'a.example:5300')}`,
		expected: 'listens-everywhere@5',
		fine: `${block('bind 127.0.0.1\nwhoami')}${block('whoami', 'a.example:5301')}`,
	},
	{
		name: 'an upstream twice',
		text: block('forward . 192.0.2.1 192.0.2.1:53'),
		expected: 'upstream-twice@2',
		fine: block('forward . 192.0.2.1 192.0.2.1:54'),
	},
	{
		name: 'an exception that is everything',
		text: block('forward a.example 192.0.2.1 {\nexcept example\n}'),
		expected: 'forwards-nothing@2',
		fine: block('forward example 192.0.2.1 {\nexcept a.example\n}'),
	},
	{
		name: 'a longer zone behind a shorter one',
		text: block('forward . 192.0.2.1\nforward a.example 192.0.2.2'),
		expected: 'forward-order@3',
		fine: block('forward a.example 192.0.2.2\nforward . 192.0.2.1'),
	},
	{
		name: 'queries without RD',
		text: block('header {\nquery clear rd\n}\nforward . 192.0.2.1'),
		expected: 'clears-rd@2',
		fine: block('header {\nquery clear rd\nquery set rd\n}\nforward . 192.0.2.1'),
	},
	{
		name: 'no cache',
		text: block('forward . 192.0.2.1'),
		expected: 'no-cache@1',
		fine: block('cache\nforward . 192.0.2.1'),
	},
	{
		name: 'no errors',
		text: block('forward . 192.0.2.1'),
		expected: 'no-errors@1',
		fine: block('errors\nforward . 192.0.2.1'),
	},
	{
		name: 'no loop where one is likely',
		text: block('forward . 169.254.0.1'),
		expected: 'no-loop-check@2',
		fine: block('forward . 192.0.2.1'),
	},
	{
		name: 'no max_concurrent',
		text: block('forward . 192.0.2.1'),
		expected: 'no-max-concurrent@2',
		fine: block('forward . 192.0.2.1 {\nmax_concurrent 1000\n}'),
	},
];

for (const { name, text, expected, fine, files } of rows) {
	test(`check: ${name}`, () => {
		const place = placeWith(files);
		assert.ok(codesOf(load(text), place).includes(expected), codesOf(load(text), place).join(' '));
		const code = expected.replace(/@.*/, '');
		const others = codesOf(load(fine), place);
		assert.ok(!others.some((other) => other.startsWith(`${code}@`)), others.join(' '));
	});
}

const twoBlocks = `${block('bind 127.0.0.1\nwhoami', 'a.example')}${block('bind 127.0.0.1\nwhoami', 'b.example')}`;

test('check: no block with reload', () => {
	const loaded = load(twoBlocks);
	assert.ok(codesOf(loaded).includes('no-reload@1'));
	assert.ok(
		!codesOf(load(twoBlocks.replace('{', '{\nreload')))
			.join()
			.includes('no-reload'),
	);
});

test('check: prometheus in some of the blocks; the same address in all is fine', () => {
	const one = twoBlocks.replace('{', '{\nprometheus :9253');
	assert.ok(codesOf(load(one)).some((code) => code.startsWith('prometheus-in-some-blocks@')));
	const both = twoBlocks.replaceAll('{\n', '{\nprometheus :9253\n');
	assert.ok(!/prometheus|collides/.test(codesOf(load(both)).join()), codesOf(load(both)).join());
});

test('check: health, ready, prometheus and DNS at one place', () => {
	const collides = (ready: string): boolean => {
		const text = `. {\nbind 127.0.0.1\nhealth 127.0.0.1:8080\nready ${ready}\nwhoami\n}\n`;
		return codesOf(load(text)).includes('address-collides@4');
	};
	assert.ok(collides(':8080'), 'every address includes that one');
	assert.ok(!collides('localhost:8080'), 'the same address by another name');
	assert.ok(!collides('127.0.0.1:8080'), 'one server answers both');
	assert.ok(!collides('127.0.0.2:8080'));
	assert.ok(!collides(':8181'));
	assert.ok(collides(':53'), 'DNS over TCP is there');
});

test('check: what has no effect is said, by loading or by the rule', (context) => {
	const ignored = [...directiveTable.values()].filter(({ ignored }) => ignored !== undefined);
	if (ignored.length === 0) return context.skip('no directive of the table is without effect');
	for (const { name, example } of ignored) {
		const loaded = load(example);
		const line = loaded.written[0].statements.find((statement) => statement.name.text === name)!.name.at.line;
		const { warnings } = lint(loaded, undefined);
		assert.ok(
			warnings.some(({ at }) => at.line === line),
			name,
		);
	}
});

test('check: every code has a row here', () => {
	const elsewhere = ['no-reload', 'prometheus-in-some-blocks', 'address-collides', 'no-effect'];
	const tested = new Set([...rows.map(({ expected }) => expected.replace(/@.*/, '')), ...elsewhere]);
	assert.deepEqual([...tested].sort(), Object.keys(findingCodes).sort());
});

test('check --elsewhere: nothing is said about this machine', () => {
	const loaded = load(block('forward . /etc/resolv.conf 10.0.0.5:5300'));
	const codes = (place: Place | undefined): string => {
		const { warnings, notes } = lint(loaded, place);
		return [...warnings, ...notes].map(({ code }) => code).join();
	};
	assert.match(
		codes(placeWith()),
		/loops-to-itself.*resolv-conf-unusable|resolv-conf-unusable.*loops-to-itself/,
	);
	assert.doesNotMatch(codes(undefined), /resolv-conf|loops/);
});

test('github: what would end an annotation or a property is escaped', () => {
	const at = { file: 'a,b:c%.conf', line: 3, column: 7 };
	const text = githubText({
		errors: [{ at, message: '100%: one\ntwo' }],
		warnings: [{ at, message: 'x', hint: 'y', code: 'no-bind' }],
		notes: [],
	});
	assert.equal(
		text,
		'::error file=a%2Cb%3Ac%25.conf,line=3,col=7,title=petrel::100%25: one%0Atwo\n' +
			'::warning file=a%2Cb%3Ac%25.conf,line=3,col=7,title=petrel%3A no-bind::x%0Ay\n',
	);
});
