/** T01 to T15: the caching of positive answers. */

import type { Answer } from '../../../src/load/upstream/answer.ts';
import type { SeenQuery } from '../../../src/load/upstream/query.ts';
import type { ExplicitAnswer } from '../../../src/load/upstream/rules.ts';
import { type Ask, decodeReply, makeQuery } from '../../support/integration/message.ts';
import { corefile, type PeerCase, plain } from '../case.ts';
import type { Session } from '../session.ts';

async function twice(session: Session, name: string, ask: Ask = {}, of = ''): Promise<void> {
	await session.ask(`first${of}`, name, ask);
	await session.ask(`second${of}`, name, ask);
}

/** Lower case in the question, whatever the query had (a server that does not keep the spelling). */
function lowerCaseQuestion(query: SeenQuery, reply: (action: string | ExplicitAnswer) => Answer): Answer {
	const { deliveries } = reply('ttl60');
	return {
		deliveries: deliveries.map(({ afterMs, octets }) => {
			const changed = octets.slice();
			changed.set(query.lowerQname, 12);
			return { afterMs, octets: changed };
		}),
	};
}

const rotationAsks = 40;

export const positiveCases: readonly PeerCase[] = [
	{
		id: 'T01',
		what: 'an answer without RA, asked twice',
		corefile: plain,
		run: (session, zone) => twice(session, `nora.${zone}`),
	},
	{
		id: 'T02',
		what: 'an answer with AA and without RA, asked twice',
		corefile: plain,
		run: (session, zone) => twice(session, `aa.nora.${zone}`),
	},
	{
		id: 'T03',
		what: 'the rule "response set ra"',
		corefile: corefile('header {', '\tresponse set ra', '}', 'cache', 'forward . UPSTREAM'),
		run: (session, zone) => twice(session, `nora.${zone}`),
	},
	{
		id: 'T04',
		what: 'the rules "response clear rd" and "response set aa"',
		corefile: corefile(
			'header {',
			'\tresponse clear rd',
			'\tresponse set aa',
			'}',
			'cache',
			'forward . UPSTREAM',
		),
		run: (session, zone) => twice(session, `www.${zone}`),
	},
	{
		id: 'T05',
		what: 'TTL 10, asked at 0, 3 and 11 s',
		corefile: plain,
		async run(session, zone) {
			await session.ask('at 0 s', `ttl10.${zone}`);
			await session.wait(3000);
			await session.ask('at 3 s', `ttl10.${zone}`);
			await session.wait(8200);
			await session.ask('at 11 s', `ttl10.${zone}`);
		},
	},
	{
		id: 'T06',
		what: 'a CNAME of 300 s before an A of 10 s',
		corefile: plain,
		async run(session, zone) {
			await twice(session, `cnamettl300.ttl10.${zone}`);
			await session.wait(10_500);
			await session.ask('at 10 s', `cnamettl300.ttl10.${zone}`);
		},
	},
	{
		id: 'T07',
		what: 'TTL 0',
		corefile: plain,
		run: (session, zone) => twice(session, `ttl0.${zone}`),
	},
	{
		id: 'T08',
		what: 'a TTL with its top bit set',
		corefile: plain,
		run: (session, zone) => twice(session, `ttl2147483649.${zone}`),
	},
	{
		id: 'T09',
		what: 'a TTL of a week',
		corefile: plain,
		run: (session, zone) => twice(session, `ttl604800.${zone}`),
	},
	{
		id: 'T10',
		what: 'one name in two spellings',
		corefile: plain,
		async run(session, zone) {
			await session.ask('first spelling', `CaSe.${zone.toUpperCase()}`);
			await session.ask('second spelling', `cAsE.${zone}`);
		},
	},
	{
		id: 'T11',
		what: 'a reply whose question is in lower case',
		corefile: plain,
		async run(session, zone) {
			session.upstream.script.setRule(`*.${zone}`, lowerCaseQuestion);
			await twice(session, `LoWeR.${zone.toUpperCase()}`);
		},
	},
	{
		id: 'T12',
		what: 'four addresses and `loadbalance`',
		corefile: corefile('cache', 'loadbalance', 'forward . UPSTREAM'),
		async run(session, zone) {
			const firsts = new Set<string>();
			for (let i = 0; i < rotationAsks; i++) {
				const octets = await session.exchange(makeQuery(`count4.${zone}`));
				firsts.add(String(decodeReply(octets!).answers[0].data));
			}
			await session.ask('after many', `count4.${zone}`);
			session.note('after many', 'addresses that stood first', String(firsts.size));
		},
	},
	{
		id: 'T13',
		what: 'HTTPS, HINFO, CAA and a type of no standard',
		corefile: plain,
		async run(session, zone) {
			const { script } = session.upstream;
			script.setRule(
				{ name: `private.${zone}`, type: 65280 },
				{ records: ['@ 60 IN TYPE65280 \\# 3 010203'] },
			);
			for (const [what, type] of [
				['HTTPS', 65],
				['HINFO', 13],
				['CAA', 257],
			] as const) {
				await twice(session, `www.${zone}`, { type }, `, ${what}`);
			}
			await twice(session, `private.${zone}`, { type: 65280 }, ', TYPE65280');
		},
	},
	{
		id: 'T13b',
		what: 'HTTPS with RDATA that does not parse',
		corefile: plain,
		async run(session, zone) {
			const { script } = session.upstream;
			script.setRule({ name: `broken.${zone}`, type: 65 }, { records: ['@ 60 IN TYPE65 \\# 3 010203'] });
			await twice(session, `broken.${zone}`, { type: 65 });
		},
	},
	{
		id: 'T14',
		what: 'A, AAAA and MX of one name',
		corefile: plain,
		async run(session, zone) {
			for (const type of ['A', 'AAAA', 'MX']) await twice(session, `www.${zone}`, { type }, `, ${type}`);
		},
	},
	{
		id: 'T15',
		what: 'class CH',
		corefile: plain,
		async run(session, zone) {
			await session.ask('of a name', `www.${zone}`, { type: 'TXT', class: 3 });
			await session.ask('version.bind', 'version.bind', { type: 'TXT', class: 3 });
			const seen = session.upstream.script.report.count('version.bind');
			session.note('version.bind', 'upstream', `${seen} × version.bind`);
		},
	},
];
