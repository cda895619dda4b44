/** T80 to T86: what is no proper query, what is no proper reply, and ANY. */
import { makeQuery } from '../../support/integration/message.ts';
import { corefile, forgetful, type PeerCase, plain } from '../case.ts';

/** Silence is all that some of these get. */
const shortPatience = { patienceMs: 1500 };
/** Counts queries without a name, so nothing else may run there. */
const own = corefile('cache', 'forward . UPSTREAM', '# for messages that are none');

function set(octets: Buffer, at: number, value: number): Buffer {
	octets.writeUInt16BE(value, at);
	return octets;
}

/** A message, made from a good query for a name of the case. */
function message(id: string, what: string, change: (query: Buffer) => Buffer, ask = {}): PeerCase {
	return {
		id,
		what,
		corefile: own,
		alone: true,
		async run(session, zone) {
			await session.send('over UDP', change(makeQuery(`bad.${zone}`, ask)), shortPatience);
			await session.send('over TCP', change(makeQuery(`tcp.bad.${zone}`, ask)), {
				...shortPatience,
				transport: 'tcp',
			});
			await session.ask('the next good query', `good.${zone}`, {}, { quiet: true });
		},
	};
}

function broken(id: string, what: string, label: string): PeerCase {
	return {
		id,
		what,
		corefile: forgetful,
		async run(session, zone) {
			const look = { timedMs: [1000, 4800, 6000], patienceMs: 9000 };
			await session.ask('broken', `${label}.${zone}`, {}, look);
			session.upstream.script.setRule(`${label}.${zone}`, 'ttl30');
			await session.ask('then whole', `${label}.${zone}`);
		},
	};
}

const secondQuestion = makeQuery('second.test').subarray(12);
const same = (query: Buffer): Buffer => query;

export const malformedCases: readonly PeerCase[] = [
	message('T80', 'QDCOUNT 2', (query) => Buffer.concat([set(query, 4, 2), secondQuestion])),
	message('T81', 'QDCOUNT 0', (query) => set(query, 4, 0).subarray(0, 12)),
	message('T82a', 'opcode STATUS', same, { opcode: 2 }),
	message('T82b', 'opcode NOTIFY', same, { opcode: 4, type: 'SOA' }),
	message('T82c', 'opcode UPDATE', same, { opcode: 5, type: 'SOA' }),
	message('T83', 'a response', (query) => set(query, 2, 0x8180)),
	message('T84a', 'eleven octets', (query) => query.subarray(0, 11)),
	message('T84b', 'a name cut in the middle of a label', (query) => query.subarray(0, 15)),
	message('T84c', 'a compression pointer to itself', (query) => set(query, 12, 0xc00c)),
	broken('T85a', 'a compression loop in the reply', 'ptrloop'),
	broken('T85b', 'an RDLENGTH past the end of the reply', 'rdlength'),
	broken('T85c', 'a record of the root in the reply', 'emptyowner'),
	{
		id: 'T86',
		what: 'ANY',
		corefile: plain,
		async run(session, zone) {
			await session.ask('first', `www.${zone}`, { type: 'ANY' });
			await session.ask('second', `www.${zone}`, { type: 'ANY' });
			await session.ask('A is another question', `www.${zone}`);
		},
	},
];
