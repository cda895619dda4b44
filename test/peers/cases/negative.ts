/** T20 to T33: denials and failures. */

import { UdpClient } from '../../support/integration/client.ts';
import { makeQuery } from '../../support/integration/message.ts';
import { corefile, forgetful, type PeerCase, plain } from '../case.ts';
import type { Session } from '../session.ts';

async function twice(session: Session, name: string): Promise<void> {
	await session.ask('first', name);
	await session.ask('second', name);
}

/** A row that only asks twice. */
function askedTwice(id: string, what: string, label: string): PeerCase {
	return { id, what, corefile: plain, run: (session, zone) => twice(session, `${label}.${zone}`) };
}

const floodNames = 12_000;
const hotNames = 200;
/** Asked at one time by the flood. */
const floodWindow = 100;

async function flood(session: Session, zone: string): Promise<void> {
	const client = await UdpClient.open(session.server);
	for (let i = 0; i < floodNames; i += floodWindow) {
		const window = Array.from({ length: floodWindow }, (_, k) => `nx.n${i + k}.${zone}`);
		await Promise.all(window.map((name) => client.ask(name)));
	}
	client.close();
}

async function askHot(session: Session, zone: string): Promise<void> {
	for (let i = 0; i < hotNames; i++) await session.exchange(makeQuery(`ttl600.hot${i}.${zone}`));
}

export const negativeCases: readonly PeerCase[] = [
	{
		id: 'T20',
		what: 'NXDOMAIN with a SOA of TTL 3600 and MINIMUM 5, asked at 0, 0 and 7 s',
		corefile: plain,
		async run(session, zone) {
			await twice(session, `nx.soattl3600.soamin5.${zone}`);
			await session.wait(7000);
			await session.ask('at 7 s', `nx.soattl3600.soamin5.${zone}`);
		},
	},
	askedTwice('T21', 'NXDOMAIN without a SOA', 'nxnosoa'),
	{
		id: 'T22',
		what: 'NODATA with a SOA; then another type',
		corefile: plain,
		async run(session, zone) {
			await twice(session, `nodata.${zone}`);
			await session.ask('another type', `nodata.${zone}`, { type: 'AAAA' });
		},
	},
	askedTwice('T23', 'NODATA without a SOA', 'nodatanosoa'),
	askedTwice('T24', 'NXDOMAIN behind a CNAME', 'nxcname'),
	askedTwice('T25', 'a CNAME whose target has no data, with a SOA', 'cnameonly'),
	askedTwice('T26', 'a CNAME and nothing else', 'cnamenosoa'),
	{
		id: 'T27',
		what: 'SERVFAIL, asked at 0, 0 and 6 s',
		corefile: plain,
		async run(session, zone) {
			await twice(session, `servfail.${zone}`);
			await session.wait(6000);
			await session.ask('at 6 s', `servfail.${zone}`);
		},
	},
	{
		id: 'T28',
		what: 'SERVFAIL each time it is asked again, held for 2 s at first',
		corefile: corefile('cache {', '\tservfail 2s', '}', 'forward . UPSTREAM'),
		async run(session, zone) {
			await session.ask('at 0 s', `servfail.${zone}`);
			await session.wait(2500);
			await session.ask('at 2.5 s', `servfail.${zone}`);
			await session.wait(2500);
			await session.ask('at 5 s', `servfail.${zone}`);
		},
	},
	{
		id: 'T29',
		what: 'a good answer of 5 s, then SERVFAIL, with serve_stale',
		corefile: corefile('cache {', '\tserve_stale 1h', '}', 'forward . UPSTREAM'),
		async run(session, zone) {
			await session.ask('at 0 s', `ttl5.${zone}`);
			session.upstream.script.setRule(`ttl5.${zone}`, 'servfail');
			await session.wait(6000);
			await session.ask('at 6 s', `ttl5.${zone}`, {}, { quiet: true });
			await session.wait(500);
			await session.ask('after the failed refresh', `ttl5.${zone}`, {}, { quiet: true });
			await session.wait(300);
			session.upstreamSaw('all refreshes');
		},
	},
	askedTwice('T30a', 'REFUSED', 'refused'),
	askedTwice('T30b', 'FORMERR', 'formerr'),
	askedTwice('T30c', 'NOTIMP', 'notimp'),
	{
		id: 'T31',
		what: 'an upstream that is silent',
		corefile: forgetful,
		async run(session, zone) {
			const look = { timedMs: [1000, 4800, 6000], patienceMs: 9000 };
			await session.ask('asked once', `silent.${zone}`, { edns: {} }, look);
		},
	},
	{
		id: 'T32',
		what: 'a name below one that was denied',
		corefile: plain,
		async run(session, zone) {
			await session.ask('denied', `nx.${zone}`);
			await session.ask('below it', `sub.nx.${zone}`);
		},
	},
	{
		id: 'T33',
		what: `${floodNames} names that do not exist, and ${hotNames} that are asked for`,
		corefile: plain,
		alone: true,
		async run(session, zone) {
			await askHot(session, zone);
			await flood(session, zone);
			const before = session.upstream.script.report.total;
			await askHot(session, zone);
			const again = session.upstream.script.report.total - before;
			session.note(
				'the hot names again',
				'asked upstream',
				again <= hotNames / 20 ? 'at most 5 %' : `${again}`,
			);
		},
	},
];
