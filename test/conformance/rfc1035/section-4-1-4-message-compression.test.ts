/**
 * RFC 1035 §4.1.4: "In this scheme, an entire domain name or a list of labels at the end of a domain name is replaced
 * with a pointer to a prior occurance of the same name."
 *
 * Every pointer that is written so is understood; one that points anywhere but back is a fault, and nothing is made of
 * the message that has it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { patchCounts } from '../../../src/wire/writer.ts';
import { judgeOctets } from '../../unit/cache/judged.ts';
import { hex, join, message, question } from '../../unit/wire/messages.ts';

const qname = 'f.isi.arpa.';

function answered(...records: string[]): Uint8Array {
	const whole = join(message({ qname }), ...records.map(hex));
	patchCounts(whole, 0, 1, records.length, 0, 0);
	return whole;
}

const ttl = '0000003c';

test('the three forms of a compressed name are understood', () => {
	// f.isi.arpa. stands at 12, isi.arpa. at 14, arpa. at 18; the first record begins at 28, its RDATA at 40.
	const octets = answered(
		`c00c 0005 0001 ${ttl} 0006 03666f6f c00c`,
		`03666f6f c00c 0005 0001 ${ttl} 0002 c012`,
		`c012 0001 0001 ${ttl} 0004 0a000034`,
	);
	const { records } = judgeOctets(octets, { qname });
	assert.deepEqual(
		records.map(({ name, data }) => [name, data]),
		[
			['f.isi.arpa', 'foo.f.isi.arpa'],
			['foo.f.isi.arpa', 'arpa'],
			['arpa', '10.0.0.52'],
		],
	);
});

test('a pointer that does not point to a prior name is a fault', () => {
	const rows: [string, string][] = [
		['to itself', `c01c 0001 0001 ${ttl} 0004 0a000034`],
		['forward', `c02c 0001 0001 ${ttl} 0004 0a000034 00`],
		['behind the message', `c3ff 0001 0001 ${ttl} 0004 0a000034`],
		['into the header', `c002 0001 0001 ${ttl} 0004 0a000034`],
		['at the labels before it', `0161 c01c 0001 0001 ${ttl} 0004 0a000034`],
	];
	for (const [what, record] of rows) {
		const octets = answered(record);
		const parses = parseResponse(new ResponseView(), octets, 0, octets.length, question(qname).length);
		assert.equal(parses, false, what);
	}
});
