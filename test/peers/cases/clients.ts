/** T57 to T64: flags and EDNS of clients. */
import { cookie, type PeerCase, plain, subnet } from '../case.ts';

export const clientCases: readonly PeerCase[] = [
	{
		id: 'T57',
		what: 'DO, then no OPT, then OPT without DO',
		corefile: plain,
		async run(session, zone) {
			const name = `dnssec.${zone}`;
			await session.ask('DO', name, { edns: { dnssecOk: true } });
			await session.ask('no OPT', name);
			await session.ask('OPT without DO', name, { edns: {} });
		},
	},
	{
		id: 'T58',
		what: 'CD=1, then CD=0, of data that does not validate',
		corefile: plain,
		async run(session, zone) {
			const name = `bogus.${zone}`;
			await session.ask('CD=1', name, { cd: true });
			session.lastQuery('CD=1');
			await session.ask('CD=0', name);
			await session.ask('CD=1 again', name, { cd: true });
		},
	},
	{
		id: 'T59',
		what: 'an answer with AD, for clients that set none, AD, DO',
		corefile: plain,
		async run(session, zone) {
			const name = `ad.${zone}`;
			await session.ask('plain', name);
			session.lastQuery('plain');
			await session.ask('AD', name, { ad: true });
			await session.ask('DO', name, { edns: { dnssecOk: true } });
			await session.ask('plain again', name);
		},
	},
	{
		id: 'T60',
		what: 'cookies of two clients',
		corefile: plain,
		async run(session, zone) {
			await session.ask('first client', `cookie.${zone}`, { edns: cookie(1) });
			session.lastQuery('first client');
			await session.ask('second client', `cookie.${zone}`, { edns: cookie(2) });
		},
	},
	{
		id: 'T61',
		what: 'subnets of two clients',
		corefile: plain,
		async run(session, zone) {
			await session.ask('first client', `subnet.${zone}`, { edns: subnet(2) });
			session.lastQuery('first client');
			await session.ask('second client', `subnet.${zone}`, { edns: subnet(3) });
		},
	},
	{
		id: 'T62',
		what: 'EDNS version 1',
		corefile: plain,
		async run(session, zone) {
			await session.ask('over UDP', `version.${zone}`, { edns: { version: 1 } });
			await session.ask('over TCP', `version.${zone}`, { edns: { version: 1 } }, { transport: 'tcp' });
		},
	},
	{
		id: 'T63',
		what: 'an upstream that answers EDNS with FORMERR',
		corefile: plain,
		alone: true,
		async run(session, zone) {
			await session.ask('with OPT', `noedns.a.${zone}`, { edns: {} });
			await session.ask('without OPT', `noedns.b.${zone}`);
		},
	},
	{
		id: 'T64',
		what: 'RD=0 for a name that is known, and for one that is not',
		corefile: plain,
		async run(session, zone) {
			await session.ask('RD=1', `known.${zone}`);
			await session.ask('RD=0, known', `known.${zone}`, { rd: false });
			await session.ask('RD=0, unknown', `unknown.${zone}`, { rd: false });
			session.lastQuery('RD=0, unknown');
			await session.ask('RD=1, then known', `unknown.${zone}`);
		},
	},
];
