/** T40 to T47: what is served when its time is over, and what is renewed before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeQuery } from '../../support/integration/message.ts';
import { corefile, type PeerCase } from '../case.ts';
import type { Session } from '../session.ts';

const forward = ['forward . UPSTREAM {', '\tmax_fails 0', '}'];
const staleCorefile = (...lines: readonly string[]): string =>
	corefile('cache {', ...lines.map((line) => `\t${line}`), '}', ...forward);
const verify = staleCorefile('serve_stale 1h verify 1800ms');
const immediate = staleCorefile('serve_stale 1h immediate');
const quiet = { quiet: true };
/** Five seconds is the shortest that CoreDNS keeps anything. */
const expiryMs = 6000;
const oldAddress = { records: ['@ 5 IN A 192.0.2.1'] };
const newAddress = { records: ['@ 60 IN A 192.0.2.2'] };

/** Asks once, changes what the upstream says, and waits until the answer's time is over. */
async function expire(
	session: Session,
	name: string,
	action: Parameters<typeof session.upstream.script.setRule>[1],
) {
	const { script } = session.upstream;
	script.setRule(name, oldAddress);
	await session.ask('at 0 s', name);
	script.setRule(name, action);
	await session.wait(expiryMs);
}

async function allRefreshes(session: Session): Promise<void> {
	await session.wait(500);
	session.upstreamSaw('all refreshes');
}

export const staleCases: readonly PeerCase[] = [
	{
		id: 'T40',
		what: 'verify with 1800 ms, the upstream silent',
		corefile: verify,
		async run(session, zone) {
			await expire(session, `a.${zone}`, 'silent');
			const look = { quiet: true, timedMs: [1600, 2600] };
			await session.ask('stale', `a.${zone}`, { edns: {} }, look);
		},
	},
	{
		id: 'T41',
		what: 'verify with 1800 ms, the upstream answers in 100 ms',
		corefile: verify,
		async run(session, zone) {
			await expire(session, `a.${zone}`, { ...newAddress, labels: 'delay100ms' });
			await session.ask('new data', `a.${zone}`, {}, { timedMs: [1000] });
		},
	},
	{
		id: 'T42',
		what: 'immediate, the upstream has new data, 50 clients at once',
		corefile: immediate,
		async run(session, zone) {
			await expire(session, `a.${zone}`, { ...newAddress, labels: 'delay300ms' });
			const others = Array.from({ length: 49 }, () => session.exchange(makeQuery(`a.${zone}`)));
			await session.ask('the first asks', `a.${zone}`, {}, quiet);
			await Promise.all(others);
			await allRefreshes(session);
			await session.ask('after the refresh', `a.${zone}`);
		},
	},
	{
		id: 'T43',
		what: 'the refresh finds NXDOMAIN',
		corefile: immediate,
		async run(session, zone) {
			await expire(session, `a.${zone}`, 'nx');
			await session.ask('stale', `a.${zone}`, {}, quiet);
			await allRefreshes(session);
			await session.ask('after the refresh', `a.${zone}`);
		},
	},
	{
		id: 'T43b',
		what: 'the refresh finds NXDOMAIN, with prefer_positive',
		corefile: staleCorefile('serve_stale 1h immediate', 'serve_stale_policy prefer_positive'),
		async run(session, zone) {
			await expire(session, `a.${zone}`, 'nx');
			await session.ask('stale', `a.${zone}`, {}, quiet);
			await session.wait(500);
			await session.ask('after the refresh', `a.${zone}`, {}, quiet);
		},
	},
	{
		id: 'T44',
		what: 'a denial whose time is over, and the name exists now',
		corefile: immediate,
		async run(session, zone) {
			const name = `a.${zone}`;
			session.upstream.script.setRule(name, 'nx.soattl5.soamin5');
			await session.ask('at 0 s', name);
			session.upstream.script.setRule(name, newAddress);
			await session.wait(expiryMs);
			await session.ask('first ask', name, {}, quiet);
			await sleep(500);
			await session.ask('second ask', name, {}, quiet);
		},
	},
	{
		id: 'T45',
		what: 'a dead upstream, asked 10 times in 5 s',
		corefile: immediate,
		async run(session, zone) {
			await expire(session, `a.${zone}`, 'servfail');
			for (let i = 0; i < 10; i++) {
				await session.exchange(makeQuery(`a.${zone}`));
				await sleep(500);
			}
			await session.ask('the last', `a.${zone}`, {}, quiet);
			await allRefreshes(session);
		},
	},
	{
		id: 'T46',
		what: 'an answer older than its stale time, the upstream says SERVFAIL',
		corefile: staleCorefile('serve_stale 2s immediate'),
		async run(session, zone) {
			await expire(session, `a.${zone}`, 'servfail');
			await session.wait(2500);
			await session.ask('too old', `a.${zone}`, {}, quiet);
		},
	},
	{
		id: 'T47',
		what: 'prefetch at 50 % of 10 s, asked every half second',
		corefile: corefile('cache {', '\tprefetch 2 1m 50%', '}', ...forward),
		async run(session, zone) {
			const name = `ttl10.${zone}`;
			for (let i = 0; i < 16; i++) {
				await session.exchange(makeQuery(name));
				await sleep(450);
			}
			session.upstreamSaw('while it is asked for');
			await session.ask('afterwards', name);
			await session.ask('unpopular', `ttl10.unpopular.${zone}`);
			await session.wait(6500);
			session.upstreamSaw('unpopular, after its half time');
		},
	},
];
