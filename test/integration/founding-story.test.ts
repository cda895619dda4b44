/**
 * Goal: the fault that petrel was made for cannot come back. A fleet's upstream stopped setting RA, the dnsmasq of each
 * node then cached nothing, and the load exploded. Method: real dnsmasq and unbound below and above petrel, an
 * upstream that clears RA; at each hop the flags that its client sees, and dnsmasq's own counters of what it cached.
 * dnsmasq has cached such answers since 2.86, so the counters alone would not show the fault: the flags do.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { askTcp, askUdp } from '../support/integration/client.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import {
	dig,
	flagsTwice,
	startDnsmasq,
	startUnbound,
	unlessInstalled,
} from '../support/integration/peers.ts';
import { startPetrel } from '../support/integration/petrel.ts';

const limit = { timeout: 40_000 };
const withDnsmasq = { ...limit, ...unlessInstalled('dnsmasq') };

/** An upstream that clears RA, petrel in front of it, dnsmasq in front of petrel. */
async function startFleet(t: TestContext, rules = '', aa = true) {
	const upstream = await startScriptedUpstream(t, { ra: false, aa });
	const header = rules === '' ? '' : `\theader {\n\t\t${rules}\n\t}\n`;
	const petrel = await startPetrel(t, `. {\n${header}\tcache\n\tforward . ${upstream.target}\n}\n`);
	const dnsmasq = await startDnsmasq(t, petrel);
	return { upstream, petrel, dnsmasq };
}

describe('dnsmasq below petrel, an upstream that clears RA', withDnsmasq, () => {
	for (const aa of [true, false]) {
		test(
			`dnsmasq gets RA and caches, whether the upstream sets AA or not: AA=${Number(aa)}`,
			withDnsmasq,
			async (t) => {
				const { upstream, petrel, dnsmasq } = await startFleet(t, '', aa);
				assert.deepEqual(
					await flagsTwice(upstream, 'bare.test'),
					aa ? ['qr aa rd', 'qr aa rd'] : ['qr rd', 'qr rd'],
				);
				const before = await dnsmasq.counters();
				for (const name of ['www.test', 'nx.test', 'nodata.test']) {
					for (let i = 0; i < 5; i++) {
						const reply = await askUdp(dnsmasq, name);
						assert.equal(reply.rcode, name === 'nx.test' ? 'NXDOMAIN' : 'NOERROR');
						assert.equal(reply.flags, 'qr rd ra');
					}
					assert.equal(upstream.script.report.count(name), 1);
				}
				const after = await dnsmasq.counters();
				assert.equal(after.misses - before.misses, 3, 'dnsmasq forwarded each name once');
				assert.ok(after.insertions > before.insertions);
				const petrelSaw = await petrel.counters();
				assert.equal(petrelSaw.queries_udp, 3);
				// What dnsmasq itself saw: petrel's flags on its misses, and on hits of what dnsmasq fetched.
				for (const name of ['fresh.test', 'www.test', 'nx.test', 'nodata.test']) {
					assert.deepEqual(await flagsTwice(petrel, name), ['qr rd ra', 'qr rd ra'], name);
				}
			},
		);
	}

	const rows = [
		{ rules: 'response clear ra', seen: 'qr rd' },
		{ rules: 'response set aa', seen: 'qr aa rd ra' },
		{ rules: 'response clear rd', seen: 'qr ra' },
		{ rules: 'response set ra aa\n\t\tresponse clear rd', seen: 'qr aa ra' },
		{ rules: 'set ra aa\n\t\tclear rd', seen: 'qr aa ra' },
	];
	for (const { rules, seen } of rows) {
		const what = rules.replace(/\s+/g, ' ');
		test(
			`header { ${what} }: dnsmasq sees these flags on petrel's misses and hits alike, and caches`,
			withDnsmasq,
			async (t) => {
				const { upstream, petrel, dnsmasq } = await startFleet(t, rules);
				for (const name of ['www.test', 'nx.test', 'nodata.test', 'servfail.test']) {
					assert.deepEqual(await flagsTwice(petrel, name), [seen, seen], name);
				}
				// dnsmasq sets RA whenever it replies, and passes AA and RD of what it forwarded: petrel's flags show.
				const passed = seen.includes('ra') ? seen : `${seen} ra`;
				const before = await dnsmasq.counters();
				assert.equal((await askUdp(dnsmasq, 'www.test')).flags, passed, "petrel's hit, passed on by dnsmasq");
				assert.equal(
					(await askUdp(dnsmasq, 'missed.test')).flags,
					passed,
					"petrel's miss, passed on by dnsmasq",
				);
				assert.equal((await askUdp(dnsmasq, 'www.test')).flags, 'qr rd ra', "dnsmasq's own hit");
				assert.equal((await askUdp(dnsmasq, 'missed.test')).flags, 'qr rd ra', "dnsmasq's own hit");
				const after = await dnsmasq.counters();
				assert.equal(after.misses - before.misses, 2);
				assert.equal(upstream.script.report.count('missed.test'), 1);
			},
		);
	}

	test(
		'query clear rd: the upstream sees RD=0, the clients of dnsmasq notice nothing',
		withDnsmasq,
		async (t) => {
			const { upstream, dnsmasq } = await startFleet(t, 'query clear rd');
			assert.deepEqual(await flagsTwice(dnsmasq, 'www.test'), ['qr rd ra', 'qr rd ra']);
			assert.equal(upstream.script.report.last('www.test')?.rd, false);
		},
	);
});

describe('real servers as upstreams of petrel', limit, () => {
	test('petrel over dnsmasq over an upstream that clears RA', withDnsmasq, async (t) => {
		const upstream = await startScriptedUpstream(t, { ra: false });
		const dnsmasq = await startDnsmasq(t, upstream);
		const petrel = await startPetrel(t, `. {\n\tcache\n\tforward . ${dnsmasq.target}\n}\n`);
		const before = await dnsmasq.counters();
		for (const [name, rcode, answers] of [
			['www.test', 'NOERROR', 1],
			['cname.www.test', 'NOERROR', 2],
			['nx.test', 'NXDOMAIN', 0],
			['nodata.test', 'NOERROR', 0],
		] as const) {
			for (let i = 0; i < 3; i++) {
				const reply = await askUdp(petrel, name);
				assert.equal(reply.rcode, rcode, name);
				assert.equal(reply.answers.length, answers, name);
				assert.equal(reply.flags, 'qr rd ra', name);
			}
			assert.equal(upstream.script.report.count(name), 1, name);
		}
		assert.equal((await dnsmasq.counters()).misses - before.misses, 4, 'petrel asked dnsmasq once for each');
		const whole = await askTcp(petrel, 'tc.count59.test');
		assert.equal(whole.answers.length, 59);
		const sent = await petrel.counters();
		assert.deepEqual([sent.upstream_queries_udp, sent.upstream_queries_tcp], [5, 1]);
	});

	const withUnbound = { ...limit, ...unlessInstalled('unbound') };
	test('petrel over a forwarding unbound over an upstream that clears RA', withUnbound, async (t) => {
		const upstream = await startScriptedUpstream(t, { ra: false });
		const unbound = await startUnbound(t, upstream);
		const petrel = await startPetrel(t, `. {\n\tcache\n\tforward . ${unbound.target}\n}\n`);
		for (const [name, rcode] of [
			['www.test', 'NOERROR'],
			['nx.test', 'NXDOMAIN'],
			['nodata.test', 'NOERROR'],
		] as const) {
			for (let i = 0; i < 3; i++) {
				const reply = await askUdp(petrel, name);
				assert.equal(reply.rcode, rcode, name);
				assert.equal(reply.flags, 'qr rd ra', name);
			}
			assert.equal(upstream.script.report.count(name), 1, name);
		}
		assert.equal((await askTcp(petrel, 'tc.count59.test')).answers.length, 59);
		assert.equal((await petrel.counters()).upstream_queries_udp, 4);
	});

	const withDig = { ...limit, ...unlessInstalled('dig', 'dnsmasq') };
	test('the real dig is content with petrel: cookies, EDNS, TCP after TC, TTLs', withDig, async (t) => {
		const { petrel, dnsmasq } = await startFleet(t);
		const first = await dig(petrel, 'www.test', 'A');
		assert.equal(first.status, 'NOERROR');
		assert.equal(first.flags, 'qr rd ra');
		assert.match(first.answers[0], /^www\.test\.\s+60\s+IN\s+A\s+\d+\.\d+\.\d+\.\d+$/);
		assert.deepEqual((await dig(petrel, 'nx.test')).status, 'NXDOMAIN');
		assert.equal((await dig(petrel, '+noedns', 'tc.count59.test')).answers.length, 59);
		assert.equal((await dig(petrel, '+tcp', 'tc.count59.test')).answers.length, 59);
		assert.equal((await dig(petrel, '+norecurse', 'www.test')).flags, 'qr ra');
		assert.equal((await dig(petrel, '+dnssec', 'ad.dnssec.test')).flags, 'qr rd ra ad');
		assert.match((await dig(petrel, '-t', 'TYPE65', 'www.test')).answers[0], /IN\s+(HTTPS|TYPE65)/);
		const cached = await dig(dnsmasq, '-c', 'CH', '-t', 'TXT', 'cachesize.bind');
		assert.match(cached.answers[0], /"1000"/);
	});
});
