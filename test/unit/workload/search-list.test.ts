/**
 * Goal: a name becomes the candidates that glibc asks for. Method: a table; test/integration/search-list.test.ts holds the
 * same rules against the real one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PetrelError } from '../../../src/util/errors.ts';
import { nameToText, nameToWire } from '../../../src/wire/presentation.ts';
import { FoundNames } from '../../../src/workload/found-names.ts';
import {
	checkSearchList,
	expandSearch,
	kubernetesSearchList,
	type SearchList,
} from '../../../src/workload/search-list.ts';

const list: SearchList = { domains: ['a.test', 'b.test'], ndots: 2 };
const long = `${`${'l'.repeat(63)}.`.repeat(3)}${'m'.repeat(55)}`;

const table: [what: string, name: string, list: SearchList, found: string[], asked: string[]][] = [
	['fewer dots: the list, then as it is', 'x', list, [], ['x.a.test.', 'x.b.test.', 'x.']],
	['one dot of two', 'x.y', list, [], ['x.y.a.test.', 'x.y.b.test.', 'x.y.']],
	['enough dots: as it is, then the list', 'x.y.z', list, [], ['x.y.z.', 'x.y.z.a.test.', 'x.y.z.b.test.']],
	['a last dot: as it is', 'x.', list, [], ['x.']],
	['the root', '.', list, [], ['.']],
	['what exists ends it, first', 'x', list, ['x.a.test'], ['x.a.test.']],
	['second', 'X', list, ['x.b.test'], ['X.a.test.', 'X.b.test.']],
	['as it is', 'x.y.z', list, ['x.y.z'], ['x.y.z.']],
	['no list', 'x', { domains: [], ndots: 1 }, [], ['x.']],
	['ndots 0', 'x', { ...list, ndots: 0 }, [], ['x.', 'x.a.test.', 'x.b.test.']],
	[
		'ndots is 15 at most',
		'1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16',
		{ domains: ['a'], ndots: 99 },
		[],
		['1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.', '1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.a.'],
	],
	['the root in the list', 'x', { domains: ['a', '.', 'b'], ndots: 1 }, [], ['x.a.', 'x.', 'x.b.']],
	['a domain twice', 'x', { domains: ['a', 'a.'], ndots: 1 }, [], ['x.a.', 'x.a.', 'x.']],
	[
		'a candidate of 254 octets and one of 256, which ends the list',
		long,
		{ domains: ['a.bc', 'a.bcde', 'a'], ndots: 5 },
		[],
		[`${long}.a.bc.`, `${long}.`],
	],
];

for (const [what, name, searchList, found, asked] of table) {
	test(`${what}: ${name.length > 40 ? `${name.length} characters` : name}`, () => {
		const names = new FoundNames(found);
		const candidates = expandSearch(name, searchList, (candidate) => names.has(candidate));
		assert.deepEqual(
			candidates.map((candidate) => nameToText(candidate)),
			asked,
		);
	});
}

test('the list of a pod', () => {
	assert.deepEqual(kubernetesSearchList(), {
		domains: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
		ndots: 5,
	});
	assert.deepEqual(kubernetesSearchList('kube-system', 'k8s.example.').domains[2], 'k8s.example');
});

test('found are names, and everything below a zone', () => {
	const found = new FoundNames(['www.Example', '*.b.test', '*.C.test.', '\\224.test']);
	const exists = (name: string): boolean => found.has(nameToWire(name));
	for (const name of ['www.example.', 'WWW.EXAMPLE', 'x.b.test', 'x.y.B.test', 'x.c.test', '\\224.Test'])
		assert.ok(exists(name), name);
	for (const name of ['example.', 'a.www.example', 'b.test', 'xb.test', '.', '\\192.test'])
		assert.ok(!exists(name), name);
	assert.ok(new FoundNames(['*.']).has(Uint8Array.of(1, 0x78, 0)));
	assert.ok(!new FoundNames(['*.']).has(Uint8Array.of(0)));
	assert.throws(() => new FoundNames(['a..b']), /empty label/);
});

test('lists that cannot be say why', () => {
	for (const [bad, message] of [
		[{ domains: ['a..b'], ndots: 1 }, /search list: name "a\.\.b" has an empty label/],
		[{ domains: [], ndots: -1 }, /ndots is -1/],
		[{ domains: [], ndots: 1.5 }, /ndots is 1\.5/],
	] as const) {
		assert.throws(
			() => checkSearchList(bad),
			(error) => error instanceof PetrelError && message.test(error.message),
		);
	}
	checkSearchList({ domains: ['.', 'a.test.'], ndots: 0 });
});
