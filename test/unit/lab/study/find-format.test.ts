/** Goal: a study finds out by itself what a file is, for every format that it reads. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatOf, studyFormats } from '../../../../src/lab/study/find-format.ts';

function oracleGeneral(
	records: readonly (readonly [time: number, id: bigint, size: number, next: bigint])[],
) {
	const octets = Buffer.alloc(24 * records.length);
	for (const [i, [time, id, size, next]] of records.entries()) {
		octets.writeUInt32LE(time, 24 * i);
		octets.writeBigUInt64LE(id, 24 * i + 4);
		octets.writeUInt32LE(size, 24 * i + 12);
		octets.writeBigInt64LE(next, 24 * i + 16);
	}
	return octets;
}

const samples: Readonly<Record<string, readonly (string | Buffer)[]>> = {
	dnsperf: ['www.example A\nwww.example AAAA\n', '; names\n\nwww.example. TXT'],
	pcap: [Buffer.from('d4c3b2a1020004000000', 'hex'), Buffer.from('0a0d0d0a1c000000', 'hex')],
	zeek: ['#separator \\x09\n#fields\tts\tuid\n', '{"ts":1,"id.orig_h":"::1","query":"a."}\n'],
	'coredns-log': [
		'[INFO] 10.0.0.1:5353 - 1 "A IN www.example. udp 40 false 512" NOERROR qr,rd,ra 80 0.001s\n',
	],
	'oracle-general': [
		oracleGeneral([
			[5, 7n, 512, 3n],
			[5, 8n, 512, -1n],
			[6, 7n, 512, (1n << 63n) - 1n],
		]),
	],
	csv: ['version,time,op,size,lbn\n1,2,3,4,5\n', 'time;ID;size\n1;a;2\n', '"obj_id"\t"obj_size"\n1\t2\n'],
	lis: ['1024 8 0 0\n1032 1 0 8\n'],
	lirs: ['17\n4\n*\n17\n'],
};

describe('what each format begins with', () => {
	assert.deepEqual(Object.keys(samples).sort(), [...studyFormats].sort());
	for (const [format, heads] of Object.entries(samples)) {
		for (const [i, head] of heads.entries()) {
			test(`${format} ${i + 1}`, () => assert.equal(formatOf(Buffer.from(head), true), format));
		}
	}
});

test('a last line that is cut decides nothing', () => {
	assert.equal(formatOf(Buffer.from('1024 8 0 0\n1032 1'), false), 'lis');
	assert.equal(formatOf(Buffer.from('17\n4\n1032 1'), false), 'lirs');
});

for (const [what, head] of Object.entries({
	'text of another kind': 'Dear all,\nplease find attached\n',
	'numbers and words': '17\nseventeen\n',
	'records whose times go back': oracleGeneral([
		[6, 1n, 1, -1n],
		[5, 2n, 1, -1n],
	]),
	'records whose next request is over': oracleGeneral([[6, 1n, 1, 0n]]),
	'binary that is shorter than a record': Buffer.from([0, 1, 2]),
})) {
	test(`${what} is of no format`, () => assert.equal(formatOf(Buffer.from(head), true), undefined));
}
