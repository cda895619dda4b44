/**
 * Goal: rewrite, dns64 and minimal answer as CoreDNS does. Method: the real CoreDNS gets the same
 * Corefile and the same scripted upstream as petrel, and both are asked the same, twice. Where the two differ on purpose
 * (flags, TTLs that age, names in lower case) the comparison leaves it out.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askUdp } from '../support/integration/client.ts';
import { startCoredns, unlessCoredns } from '../support/integration/coredns.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import type { Ask, Reply } from '../support/integration/message.ts';
import { startPetrel } from '../support/integration/petrel.ts';

interface Case {
	readonly what: string;
	readonly directives: string;
	/** Rules of the upstream: name, type, records in presentation format. */
	readonly rules: readonly {
		readonly name: string;
		readonly type?: string;
		readonly records?: readonly string[];
		readonly authority?: readonly string[];
		readonly additional?: readonly string[];
		readonly rcode?: string;
	}[];
	readonly asks: readonly (readonly [name: string, ask?: Ask])[];
}

const soa = 'example. 60 SOA ns.example. root.example. 1 2 3 4 60';

const cases: readonly Case[] = [
	{
		what: 'rewrite of names, turned back',
		directives: `
	rewrite name exact old.example new.example
	rewrite continue name regex (.*)-(eu|us)\\.shop\\.example {1}.svc.{2}.example answer name (.*)\\.svc\\.(eu|us)\\.example\\. {1}-{2}.shop.example
	rewrite stop {
		name suffix .svc.eu.example .internal.test
		answer auto
	}
	rewrite name prefix a.pre b.pre answer auto answer value (.*)\\.far\\.test\\. {1}.near.test
	rewrite name substring .mid. .centre. answer auto`,
		rules: [
			{
				name: 'new.example',
				type: 'A',
				records: ['new.example. 60 CNAME x.new.example.', 'x.new.example. 60 A 192.0.2.1'],
			},
			{
				name: 'cart.internal.test',
				type: 'A',
				records: ['cart.internal.test. 60 CNAME db.internal.test.', 'db.internal.test. 60 A 192.0.2.2'],
			},
			{ name: 'cart.svc.us.example', type: 'A', records: ['@ 60 A 192.0.2.3'] },
			{ name: 'b.pre.example', type: 'SRV', records: ['@ 60 SRV 0 0 80 host.far.test.'] },
			{ name: 'x.centre.example', type: 'A', records: ['@ 60 A 192.0.2.4'] },
			{ name: 'amid.example', type: 'A', records: ['@ 60 A 192.0.2.5'] },
		],
		asks: [
			['old.example'],
			['cart-eu.shop.example'],
			['cart-us.shop.example'],
			['a.pre.example', { type: 'SRV' }],
			['x.mid.example'],
			['amid.example'],
			['new.example'],
		],
	},
	{
		what: 'rewrite of types, TTLs, RCODEs and CNAMEs',
		directives: `
	rewrite continue ttl regex (.*)\\.short\\.example 7
	rewrite continue rcode suffix .hush.example NXDOMAIN NOERROR
	rewrite type TXT A
	rewrite cname suffix .cdn.test. .other.test.`,
		rules: [
			{ name: 'a.short.example', type: 'A', records: ['@ 60 A 192.0.2.1'] },
			{ name: 'a.hush.example', type: 'A', rcode: 'NXDOMAIN', authority: [soa] },
			{ name: 't.example', type: 'A', records: ['@ 60 A 192.0.2.2'] },
			{
				name: 'app.example',
				type: 'A',
				records: ['@ 60 CNAME app.cdn.test.', 'app.cdn.test. 60 A 192.0.2.3'],
			},
			{ name: 'app.other.test', type: 'A', records: ['@ 60 A 192.0.2.4'] },
		],
		asks: [['a.short.example'], ['a.hush.example'], ['t.example', { type: 'TXT' }], ['app.example']],
	},
	{
		what: 'dns64',
		directives: '\n\tdns64 {\n\t\tprefix 2001:db8:122:300::/56\n\t\tallow_ipv4\n\t}',
		rules: [
			{ name: 'four.example', type: 'AAAA', authority: [soa] },
			{ name: 'four.example', type: 'A', records: ['@ 60 A 192.0.2.33', '@ 60 A 192.0.2.34'] },
			{ name: 'six.example', type: 'AAAA', records: ['@ 60 AAAA 2001:db8::6'] },
			{ name: 'none.example', authority: [soa] },
			{ name: 'nx.example', rcode: 'NXDOMAIN', authority: [soa] },
		],
		asks: [
			['four.example', { type: 'AAAA' }],
			['four.example'],
			['six.example', { type: 'AAAA' }],
			['none.example', { type: 'AAAA' }],
			['nx.example', { type: 'AAAA' }],
		],
	},
	{
		what: 'minimal',
		directives: '\n\tminimal',
		rules: [
			{
				name: 'www.example',
				type: 'MX',
				records: ['@ 60 MX 10 mx.example.'],
				authority: ['example. 60 NS ns.example.'],
				additional: ['mx.example. 60 A 192.0.2.25'],
			},
			{ name: 'www.example', type: 'A', authority: [soa] },
			{ name: 'nx.example', type: 'A', rcode: 'NXDOMAIN', authority: [soa] },
			{
				name: 'sub.example',
				type: 'A',
				authority: ['sub.example. 60 NS ns.sub.example.'],
				additional: ['ns.sub.example. 60 A 192.0.2.53'],
			},
		],
		asks: [['www.example', { type: 'MX' }], ['www.example'], ['nx.example'], ['sub.example']],
	},
];

/** What both must agree on. Records of one kind are in no order: the upstream's rules give them in one. */
function essence({ rcode, question, answers, authorities, octets }: Reply, isFirst: boolean): unknown {
	const show = ({ name, type, data }: Reply['answers'][number]): string =>
		`${name} ${type} ${JSON.stringify(data)}`.toLowerCase();
	return {
		rcode,
		question,
		answers: answers.map(show).sort(),
		// Later ones age.
		ttls: isFirst ? answers.map(({ ttl }) => ttl) : [],
		authorities: authorities.map(show).sort(),
		// An OPT would count as well; these queries have none.
		additionals: octets.readUInt16BE(10),
	};
}

for (const { what, directives, rules, asks } of cases) {
	test(`${what}: petrel answers as CoreDNS does`, { timeout: 30_000, ...unlessCoredns() }, async () => {
		const upstream = await startScriptedUpstream(
			{ after },
			{ rules: rules.map(({ name, type, ...action }) => ({ name, action, ...(type && { type }) })) },
		);
		const block = (port: string): string =>
			`.${port} {\n\tbind 127.0.0.1${directives}\n\tcache\n\tforward . ${upstream.target}\n}\n`;
		const petrel = await startPetrel({ after }, block(''));
		const theirs = await startCoredns({ after }, (port) => block(`:${port}`));
		for (const [name, ask] of asks) {
			for (const isFirst of [true, false]) {
				const ours = essence(await askUdp(petrel, name, ask), isFirst);
				const expected = essence(await askUdp(theirs, name, ask), isFirst);
				assert.deepEqual(ours, expected, `${name}, ${isFirst ? 'from the upstream' : 'from the cache'}`);
			}
		}
	});
}
