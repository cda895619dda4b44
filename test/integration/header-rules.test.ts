/**
 * Goal: the flags that a rule asks for stand on every reply, miss or hit, whatever it says and however it is sent; the
 * upstream's own flags never show. Method: one server block per rule, both workers asked.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';

interface Row {
	readonly zone: string;
	readonly rules: string;
	/** On a reply to a query with RD=1, and with RD=0. */
	readonly flags: string;
	readonly flagsWithoutRd: string;
}

const rows: readonly Row[] = [
	{ zone: 'none.test', rules: '', flags: 'qr rd ra', flagsWithoutRd: 'qr ra' },
	{ zone: 'clear-ra.test', rules: 'response clear ra', flags: 'qr rd', flagsWithoutRd: 'qr' },
	{ zone: 'set-ra.test', rules: 'response set ra', flags: 'qr rd ra', flagsWithoutRd: 'qr ra' },
	{ zone: 'set-aa.test', rules: 'response set aa', flags: 'qr aa rd ra', flagsWithoutRd: 'qr aa ra' },
	{ zone: 'clear-rd.test', rules: 'response clear rd', flags: 'qr ra', flagsWithoutRd: 'qr ra' },
	{
		zone: 'founding.test',
		rules: 'response set ra aa\n\t\tresponse clear rd',
		flags: 'qr aa ra',
		flagsWithoutRd: 'qr aa ra',
	},
	{ zone: 'older.test', rules: 'set ra aa\n\t\tclear rd', flags: 'qr aa ra', flagsWithoutRd: 'qr aa ra' },
	{ zone: 'set-rd.test', rules: 'response set rd', flags: 'qr rd ra', flagsWithoutRd: 'qr rd ra' },
];

const limit = { timeout: 20_000 };
const header = (rules: string): string => (rules === '' ? '' : `\n\theader {\n\t\t${rules}\n\t}`);
const corefile = (target: string): string =>
	`${rows.map(({ zone, rules }) => `${zone} {${header(rules)}\n\tcache\n\tforward . ${target}\n}\n`).join('')}
asks-nothing.test {
	header {
		query clear rd
	}
	cache
	forward . ${target}
}
asks.test {
	header {
		query set cd
	}
	cache
	forward . ${target}
}
`;
const { petrel, upstream } = await startHouse({ after }, corefile);
const { report } = upstream.script;

const kinds: readonly (readonly [label: string, what: string])[] = [
	['nora.noaa', 'an answer of a server that clears RA'],
	['ra.aa', 'an answer with RA and AA'],
	['nx', 'NXDOMAIN'],
	['nodata', 'NODATA'],
	['servfail', 'SERVFAIL'],
	['refused', 'REFUSED'],
	['ttl0', 'an answer with TTL 0'],
];

describe('rules for responses', limit, () => {
	for (const { zone, rules, flags, flagsWithoutRd } of rows) {
		const what = rules === '' ? 'no rule' : rules.replace(/\s+/g, ' ');
		test(`T03 T04 ${what}: the same flags on a miss and on every hit`, limit, async () => {
			for (const [label, kind] of kinds) {
				const name = `${label}.${zone}`;
				assert.equal((await askUdp(petrel, name)).flags, flags, `miss: ${kind}`);
				for (let i = 0; i < 4; i++) {
					assert.equal((await askUdp(petrel, name)).flags, flags, `hit: ${kind}`);
				}
				assert.equal((await askTcp(petrel, name)).flags, flags, `hit by TCP: ${kind}`);
				assert.equal((await askUdp(petrel, name, { rd: false })).flags, flagsWithoutRd, `RD=0: ${kind}`);
			}
			const cut = await askUdp(petrel, `tc.count59.${zone}`);
			assert.equal(cut.flags.replace(' tc', ''), flags);
			assert.match(cut.flags, / tc/);
			const own = await askUdp(petrel, `own.${zone}`, { type: 'AXFR' });
			assert.equal(own.rcode, 'REFUSED');
			assert.equal(own.flags, flags, "petrel's own refusal");
		});
	}
});

test('query clear rd: upstreams see RD=0, clients their own RD', limit, async () => {
	for (const rd of [true, false]) {
		const name = `rd-${rd}.asks-nothing.test`;
		for (let i = 0; i < 2; i++) {
			assert.equal((await askUdp(petrel, name, { rd })).flags, rd ? 'qr rd ra' : 'qr ra');
		}
		assert.equal(report.last(name)?.rd, false);
		assert.equal(report.count(name), 1);
	}
});

test('query set cd: upstreams see CD=1, clients their own CD', limit, async () => {
	assert.equal((await askUdp(petrel, 'one.asks.test')).flags, 'qr rd ra');
	assert.equal(report.last('one.asks.test')?.cd, true);
});
