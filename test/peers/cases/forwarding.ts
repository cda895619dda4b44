/** T50 to T56 and T65 to T70: asking upstreams. */
import { TcpClient, UdpClient } from '../../support/integration/client.ts';
import { decodeReply, makeQuery } from '../../support/integration/message.ts';
import { corefile, forgetful, type PeerCase, plain } from '../case.ts';
import type { Session } from '../session.ts';

async function twice(session: Session, name: string): Promise<void> {
	await session.ask('first', name);
	await session.ask('second', name);
}

/** A reply that answers nothing, and then the right one to a second question. */
function misanswered(id: string, what: string, label: string): PeerCase {
	return {
		id,
		what,
		corefile: forgetful,
		async run(session, zone) {
			const name = `${label}.deaf.${zone}`;
			const look = { timedMs: [1000, 4800, 6000], patienceMs: 9000 };
			await session.ask('misanswered', name, {}, look);
			session.upstream.script.setRule(name, 'ttl30');
			await session.ask('then answered', name);
		},
	};
}

const edns = (sizeBytes: number) => ({ edns: { sizeBytes } });
const two = (...options: readonly string[]): string =>
	corefile('cache', 'forward . UPSTREAM SECOND {', ...options.map((option) => `\t${option}`), '}');

const slowAsks = 20;
const concurrentMax = 5;

async function overload(session: Session, zone: string): Promise<void> {
	const client = await UdpClient.open(session.server);
	const name = (i: number) => `delay1500ms.slow${i}.${zone}`;
	const replies = await Promise.all(Array.from({ length: slowAsks }, (_, i) => client.ask(name(i))));
	client.close();
	const rcodes = replies.map(({ rcode }) => rcode);
	for (const rcode of ['NOERROR', 'REFUSED', 'SERVFAIL']) {
		session.note('20 at once', rcode, String(rcodes.filter((other) => other === rcode).length));
	}
	const refused = rcodes.indexOf('REFUSED');
	session.steps.get('20 at once')!.set('ede', String(replies[refused]?.ede ?? 'none'));
	const again = await session.exchange(makeQuery(name(refused)));
	session.note('one that was refused, again', 'rcode', again ? decodeReply(again).rcode : 'silence');
}

const portAsks = 100;

async function sourcePorts(session: Session, zone: string): Promise<void> {
	for (let i = 0; i < portAsks; i++) await session.exchange(makeQuery(`n${i}.${zone}`));
	const ports = new Set(session.seenBy(0).map(({ port }) => port)).size;
	session.note('100 names', 'source ports', ports < 3 ? 'one or two' : ports < 50 ? 'some' : '50 or more');
}

export const forwardingCases: readonly PeerCase[] = [
	{
		id: 'T50',
		what: '20 equal questions within the time of one answer',
		corefile: plain,
		async run(session, zone) {
			const name = `delay250ms.${zone}`;
			const others = Array.from({ length: 19 }, () => session.exchange(makeQuery(name)));
			await session.ask('one of 20', name, {}, { quiet: true });
			await Promise.all(others);
			session.upstreamSaw('all 20');
		},
	},
	{
		id: 'T51',
		what: 'a reply with a wrong ID before the right one',
		corefile: plain,
		run: (session, zone) => twice(session, `wrongid.${zone}`),
	},
	{
		id: 'T52',
		what: 'an octet and a bare header before the answer',
		corefile: plain,
		run: (session, zone) => twice(session, `short.${zone}`),
	},
	misanswered('T53a', 'the answer to a question for another name', 'wrongquestion'),
	misanswered('T53b', 'the answer to a question for another type', 'wrongtype'),
	misanswered('T53c', 'the answer to a question in another class', 'wrongclass'),
	{
		id: 'T54',
		what: 'the answer twice',
		corefile: plain,
		run: (session, zone) => twice(session, `twice.${zone}`),
	},
	{
		id: 'T55',
		what: 'TC over UDP, 59 records over TCP',
		corefile: plain,
		async run(session, zone) {
			const name = `tc.count59.${zone}`;
			await session.ask('UDP without EDNS', name);
			await session.ask('TCP', name, {}, { transport: 'tcp' });
			await session.ask('UDP with 4096 octets', name, edns(4096));
		},
	},
	{
		id: 'T56',
		what: 'an answer too large for the client',
		corefile: plain,
		async run(session, zone) {
			const name = `count59.${zone}`;
			await session.ask('TCP', name, {}, { transport: 'tcp' });
			await session.ask('UDP without EDNS', name);
			await session.ask('UDP with 1232 octets', name, edns(1232));
			await session.ask('TCP again', name, {}, { transport: 'tcp' });
		},
	},
	{
		id: 'T65a',
		what: 'two upstreams, the first silent',
		corefile: two('policy sequential'),
		upstreams: 2,
		alone: true,
		async run(session, zone) {
			session.upstream.script.setRule(`*.${zone}`, 'silent');
			await session.ask('first', `a.${zone}`, {}, { timedMs: [1500, 3500] });
		},
	},
	{
		id: 'T65b',
		what: "two upstreams, the first one's port closed, and open again",
		corefile: two('policy sequential'),
		upstreams: 2,
		alone: true,
		async run(session, zone) {
			await session.upstream.pause();
			for (let i = 0; i < 6; i++) await session.exchange(makeQuery(`early${i}.${zone}`));
			await session.ask('while it is dead', `a.${zone}`, {}, { quiet: true, timedMs: [1000] });
			session.upstreamSaw('while it is dead, all');
			await session.upstream.resume();
			await session.wait(1600);
			await session.ask('when it is back', `b.${zone}`);
		},
	},
	{
		id: 'T66a',
		what: 'two upstreams, the first says SERVFAIL, with failover',
		corefile: two('policy sequential', 'failover SERVFAIL'),
		upstreams: 2,
		async run(session, zone) {
			session.upstream.script.setRule(`*.${zone}`, 'servfail');
			await session.ask('asked', `a.${zone}`);
		},
	},
	{
		id: 'T66b',
		what: 'two upstreams, the first says SERVFAIL, without failover',
		corefile: two('policy sequential'),
		upstreams: 2,
		async run(session, zone) {
			session.upstream.script.setRule(`*.${zone}`, 'servfail');
			await session.ask('asked', `a.${zone}`);
		},
	},
	{
		id: 'T67a',
		what: 'a server block for a zone and one for all names',
		corefile: `${corefile('cache', 'forward . UPSTREAM')}b.t67a.test:PORT {\n\tbind 127.0.0.1\n\tforward . SECOND\n}\n`,
		upstreams: 2,
		async run(session, zone) {
			for (const name of ['www.b', 'xb', 'b']) await session.ask(name, `${name}.${zone}`);
		},
	},
	{
		id: 'T67b',
		what: 'in one block a forward for all names before one for a zone',
		corefile: corefile('forward . UPSTREAM', 'forward b.t67b.test SECOND'),
		upstreams: 2,
		async run(session, zone) {
			for (const name of ['www.b', 'xb']) await session.ask(name, `${name}.${zone}`);
		},
	},
	{
		id: 'T68',
		what: `${slowAsks} slow questions, at most ${concurrentMax} at once`,
		corefile: corefile('cache', 'forward . UPSTREAM {', `\tmax_concurrent ${concurrentMax}`, '}'),
		alone: true,
		run: overload,
	},
	{
		id: 'T69',
		what: 'an upstream that closes its TCP connection after each answer',
		corefile: corefile('cache', 'forward . UPSTREAM {', '\tforce_tcp', '}'),
		async run(session, zone) {
			const rcodes: string[] = [];
			for (let i = 0; i < 10; i++) {
				const octets = await session.exchange(makeQuery(`tcpclose.n${i}.${zone}`));
				rcodes.push(octets ? decodeReply(octets).rcode : 'silence');
			}
			session.note('10 in turn', 'rcodes', [...new Set(rcodes)].join(' '));
			session.note('10 in turn', 'upstream queries', String(session.seenBy(0).length));
		},
	},
	{
		id: 'T69b',
		what: 'a slow and a fast question on one TCP connection of a client',
		corefile: plain,
		async run(session, zone) {
			const client = await TcpClient.open(session.server);
			const names = [`delay1500ms.slow.${zone}`, `fast.${zone}`];
			const queries = names.map((name) => makeQuery(name));
			await client.pipeline(queries);
			const fastFirst = client.order[0] === queries[1].readUInt16BE(0);
			client.close();
			session.note('both', 'answered first', fastFirst ? 'the fast one' : 'the slow one');
		},
	},
	{
		id: 'T70',
		what: 'the source ports of 100 queries',
		corefile: corefile('cache', 'forward . UPSTREAM', '# for itself'),
		alone: true,
		run: sourcePorts,
	},
];
