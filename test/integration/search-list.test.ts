/**
 * Goal: a name is looked up with the queries that a real resolver sends, in their order. Method: the real one is glibc's, by
 * `getent ahosts`, in namespaces of the test's own with a resolv.conf of its own, against a scripted upstream that remembers
 * what it was asked.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { typeName } from '../../src/wire/iana.ts';
import { nameToText, nameToWire } from '../../src/wire/presentation.ts';
import { FoundNames } from '../../src/workload/found-names.ts';
import { planTrace } from '../../src/workload/plan-trace.ts';
import {
	expandSearch,
	kubernetesSearchList,
	lookupTypes,
	type SearchList,
} from '../../src/workload/search-list.ts';
import type { LookupPlan, LookupResult } from '../support/search-list.child.ts';
import { firstQuestions, traceQuery } from '../unit/workload/support.ts';

function whyNot(): string | false {
	if (process.platform !== 'linux') return 'network namespaces are of Linux';
	if (process.getuid?.() !== 0) return 'network namespaces need root';
	const getent = spawnSync('getent', ['--version'], { encoding: 'utf8' });
	if (!/GLIBC|GNU libc/i.test(getent.stdout ?? '')) return 'no getent of glibc here';
	const inside = 'ip link set lo up && mount -t tmpfs none /etc';
	const tried = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', inside], { encoding: 'utf8' });
	if (tried.status === 0) return false;
	return `no namespaces here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

const found = [
	'first.default.svc.cluster.local',
	'second.svc.cluster.local',
	'third.cluster.local',
	'www.example.org',
	'a.b.c.d.e.f',
	'api.prod.svc.cluster.local',
	'half.svc.cluster.local',
	'late.b.test',
];
/** The resolver goes on from them. */
const empty = [
	'half.default.svc.cluster.local',
	'empty.default.svc.cluster.local',
	'empty',
	'e.m.p.t.y.name',
	'two.dots.org',
];

const label = 'l'.repeat(63);
const names = [
	'single',
	'first',
	'second',
	'third',
	'half',
	'empty',
	'late',
	'api.prod',
	'two.dots.org',
	'www.example.org',
	'WWW.Example.ORG',
	'www.example.org.',
	'single.',
	'a.b.c.d',
	'a.b.c.d.e',
	'a.b.c.d.e.f',
	'a.b.c.d.e.f.g',
	'e.m.p.t.y.name',
	'1.2.3.4.5.6.7.8.9.10.11.12.13.14.n',
	'1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.n',
	// With some domains of a list these are names, with others too long: that ends the list, even before shorter ones.
	`${label}.${label}.${label}.${'m'.repeat(40)}`,
	`${label}.${label}.${label}.${'m'.repeat(34)}`,
	`${label}.${label}.${label}.${'m'.repeat(61)}`,
	'm'.repeat(64),
];

const lists: [what: string, list: SearchList][] = [
	['a pod of Kubernetes', kubernetesSearchList()],
	['ndots 1', { ...kubernetesSearchList(), ndots: 1 }],
	[
		'ndots 2, a long domain between short ones',
		{ domains: ['x', 'default.svc.cluster.local', 'b.test'], ndots: 2 },
	],
	['ndots 0', { domains: ['b.test'], ndots: 0 }],
	['ndots above 15', { domains: ['b.test'], ndots: 40 }],
	['the root in the list', { domains: ['cluster.local', '.', 'b.test'], ndots: 5 }],
	[
		'domains twice, and with last dots',
		{ domains: ['cluster.local.', 'cluster.local', 'b.test.'], ndots: 5 },
	],
	['seven domains, more than old resolvers took', { domains: [...'abcdef', 'b.test'], ndots: 5 }],
];

function resolvConf({ domains, ndots }: SearchList): string {
	return `nameserver 127.0.0.1\nsearch ${domains.join(' ')}\noptions ndots:${ndots}\n`;
}

const existing = new FoundNames(found);

function expected(name: string, list: SearchList): string[] {
	return expandSearch(name, list, (candidate) => existing.has(candidate)).flatMap((candidate) =>
		lookupTypes.map((type) => `${nameToText(candidate).toLowerCase()} ${typeName(type)}`),
	);
}

function lookUp(plan: LookupPlan): LookupResult {
	const program = join(import.meta.dirname, '../support/search-list.child.ts');
	const child = spawnSync('unshare', ['--net', '--mount', process.execPath, program], {
		input: JSON.stringify(plan),
		encoding: 'utf8',
		timeout: 120_000,
	});
	assert.equal(child.status, 0, child.stderr);
	return JSON.parse(child.stdout);
}

test("lookups are those of glibc's getaddrinfo", { skip: whyNot() }, async (t) => {
	const machines = lists.map(([, list]) => ({ resolvConf: resolvConf(list), names }));
	const asked = lookUp({ found, empty, machines });
	for (const [i, [what, list]] of lists.entries()) {
		await t.test(what, () => {
			assert.deepEqual(
				Object.fromEntries(names.map((name, j) => [name, asked[i][j]])),
				Object.fromEntries(names.map((name) => [name, expected(name, list)])),
			);
		});
	}

	await t.test('a planned workload of those names asks the same', async () => {
		const [, list] = lists[0];
		const valid = names.filter((name) => !name.startsWith('m'));
		const queries = valid.map((name) =>
			traceQuery(name, { qname: nameToWire(name), absolute: name.endsWith('.') }),
		);
		const workload = await planTrace(queries, {
			source: 'test',
			searchList: { ...list, found },
			draw: { kind: 'in-order', repeat: false },
		});
		const planned = firstQuestions(workload, 10_000).map((text) => text.toLowerCase());
		const real = asked[0].flat().map((text) => text.replace(/\. /, ' ').toLowerCase());
		assert.deepEqual(planned, real);
	});
});
