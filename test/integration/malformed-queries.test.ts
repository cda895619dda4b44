/**
 * Goal: what is no proper query gets the answer that it deserves, or none, never goes upstream, and does no harm.
 * Method: after each bad message the same socket asks a good question. Its one worker takes them in order, so a reply
 * to the bad one would have come before.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { CounterName } from '../../src/metrics/hot/counters.ts';
import { askUdp, TcpClient, UdpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { decodeReply, makeQuery } from '../support/integration/message.ts';

const limit = { timeout: 20_000 };
const { petrel, upstream } = await startHouse({ after });
const { report } = upstream.script;
await askUdp(petrel, 'good.test');

const id = 0x6bad;

/** A good query, changed. */
function changed(change: (octets: Buffer) => Buffer): Buffer {
	return change(makeQuery('bad.test', { id }));
}

/** The message with another 16-bit number at an offset. */
function set(octets: Buffer, at: number, value: number): Buffer {
	octets.writeUInt16BE(value, at);
	return octets;
}

interface Row {
	readonly what: string;
	readonly octets: Buffer;
	/** undefined: silence. */
	readonly rcode?: string;
	readonly counter: CounterName;
}

const question = makeQuery('bad.test').subarray(12);
const rows: readonly Row[] = [
	{
		what: 'T80 QDCOUNT 2 with two questions is FORMERR',
		octets: changed((q) => Buffer.concat([set(q, 4, 2), question])),
		rcode: 'FORMERR',
		counter: 'formerr_question',
	},
	{
		what: 'T80 QDCOUNT 2 with one question is FORMERR',
		octets: changed((q) => set(q, 4, 2)),
		rcode: 'FORMERR',
		counter: 'formerr_question',
	},
	{
		what: 'T81 QDCOUNT 0 is FORMERR',
		octets: changed((q) => set(q, 4, 0).subarray(0, 12)),
		rcode: 'FORMERR',
		counter: 'formerr_question',
	},
	{
		what: 'T82 opcode STATUS is NOTIMP',
		octets: makeQuery('bad.test', { id, opcode: 2 }),
		rcode: 'NOTIMP',
		counter: 'notimp',
	},
	{
		what: 'T82 opcode NOTIFY is NOTIMP',
		octets: makeQuery('bad.test', { id, opcode: 4, type: 'SOA' }),
		rcode: 'NOTIMP',
		counter: 'notimp',
	},
	{
		what: 'T82 opcode UPDATE is NOTIMP',
		octets: makeQuery('bad.test', { id, opcode: 5, type: 'SOA' }),
		rcode: 'NOTIMP',
		counter: 'notimp',
	},
	{
		what: 'T83 a response is met with silence',
		octets: changed((q) => set(q, 2, 0x8180)),
		counter: 'drop_response',
	},
	{ what: 'T84 one octet is met with silence', octets: Buffer.of(0x6b), counter: 'drop_short' },
	{
		what: 'T84 eleven octets are met with silence',
		octets: changed((q) => q.subarray(0, 11)),
		counter: 'drop_short',
	},
	{
		what: 'T84 a name cut in the middle of a label is FORMERR',
		octets: changed((q) => q.subarray(0, 15)),
		rcode: 'FORMERR',
		counter: 'formerr_question',
	},
	{
		what: 'T84 a compression pointer to itself in the question is FORMERR',
		octets: changed((q) => set(q, 12, 0xc00c)),
		rcode: 'FORMERR',
		counter: 'formerr_question',
	},
	{
		what: 'a record count without records is FORMERR',
		octets: changed((q) => set(q, 10, 1)),
		rcode: 'FORMERR',
		counter: 'formerr_records',
	},
	{
		what: 'a zone transfer is REFUSED',
		octets: makeQuery('bad.test', { id, type: 'AXFR' }),
		rcode: 'REFUSED',
		counter: 'refused_type',
	},
	{
		what: 'T15 class CH is REFUSED',
		octets: makeQuery('version.bind', { id, type: 'TXT', class: 3 }),
		rcode: 'REFUSED',
		counter: 'refused_class',
	},
];

describe('over UDP', limit, () => {
	for (const { what, octets, rcode, counter } of rows) {
		test(`${what}, nothing is forwarded, and the next good question is answered`, limit, async () => {
			const client = await UdpClient.open(petrel);
			const before = report.total;
			const counted = await petrel.counted(async () => {
				const reply = rcode === undefined ? undefined : decodeReply(await client.exchange(octets));
				if (rcode === undefined) client.send(octets);
				assert.equal(reply?.rcode, rcode);
				assert.equal((await client.ask('good.test')).rcode, 'NOERROR');
			});
			assert.deepEqual(client.unexpected, []);
			assert.equal(counted[counter], 1);
			assert.equal(report.total + report.malformed, before);
			client.close();
		});
	}
});

describe('over TCP', limit, () => {
	for (const { what, octets, rcode, counter } of rows) {
		test(`${what}, on a connection that goes on`, limit, async () => {
			const client = await TcpClient.open(petrel);
			const counted = await petrel.counted(async () => {
				if (rcode === undefined) client.send(octets);
				else assert.equal(decodeReply(await client.exchange(octets)).rcode, rcode);
				assert.equal((await client.ask('good.test')).rcode, 'NOERROR');
			});
			assert.equal(counted[counter], 1);
			client.close();
		});
	}

	test('a message of no octets ends the connection, and only that', limit, async () => {
		const [bad, good] = await Promise.all([TcpClient.open(petrel), TcpClient.open(petrel)]);
		bad.write(Buffer.alloc(2));
		await bad.closed;
		assert.equal((await good.ask('good.test')).rcode, 'NOERROR');
		good.close();
	});
});

test('the opcode and the ID stand in the reply, and the question where it can be read', limit, async () => {
	const client = await UdpClient.open(petrel);
	const notify = await client.exchange(makeQuery('Bad.Test', { id, opcode: 4 }));
	assert.equal((notify.readUInt16BE(2) >> 11) & 0xf, 4);
	assert.equal(decodeReply(notify).question?.name, 'Bad.Test');
	const cut = await client.exchange(changed((q) => q.subarray(0, 15)));
	assert.equal(cut.length, 12);
	assert.equal(cut.readUInt16BE(4), 0);
	client.close();
});
