/** Goal: traces as text come out as they were written, whatever their columns. Method: small texts, cut anywhere. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CsvOptions, readCsv } from '../../../../src/lab/traces/csv.ts';
import type { TraceRequest } from '../../../../src/lab/traces/request.ts';
import { readAll, textSource } from './support.ts';

function requests(...rows: [timeSec: number, id: TraceRequest['id'], size: number][]): TraceRequest[] {
	return rows.map(([timeSec, id, size]) => ({ timeSec, id, size, nextUse: Number.NaN }));
}

interface Row {
	readonly name: string;
	readonly text: string;
	readonly options?: CsvOptions;
	readonly expected: TraceRequest[];
}

const rows: readonly Row[] = [
	{
		name: 'columns by their usual names, in any order',
		text: 'version,Time,op,SIZE,lbn\n1,5633898,2a,512,42932745\n1,5633899.5,28,1024,9\n',
		expected: requests([5633898, 42932745, 512], [5633899.5, 9, 1024]),
	},
	{
		name: 'no column but the id',
		text: 'key\na\nb\n',
		expected: requests([Number.NaN, 'a', 1], [Number.NaN, 'b', 1]),
	},
	{
		name: 'columns by names of their own; the last line has no end',
		text: 'when\twhat\thow much\r\n1\tx\t3\r\n2\ty\t4',
		options: { columns: { id: 'what', time: 'WHEN', size: 'how much' } },
		expected: requests([1, 'x', 3], [2, 'y', 4]),
	},
	{
		name: 'columns by number, without a header',
		text: '1;x;3\n2;y;4\n',
		options: { columns: { time: 1, id: 2, size: 3 } },
		expected: requests([1, 'x', 3], [2, 'y', 4]),
	},
	{
		name: 'columns by number, a header that is seen from its words',
		text: 'a b c\n1 x 3\n',
		options: { columns: { time: '1', id: '2', size: '3' } },
		expected: requests([1, 'x', 3]),
	},
	{
		name: 'columns by number, a header that must be told',
		text: 'x,y\nu,v\n',
		options: { columns: { id: 2 }, header: true },
		expected: requests([Number.NaN, 'v', 1]),
	},
	{
		name: 'columns by number, no header though it looks like one',
		text: 'x,y\nu,v\n',
		options: { columns: { id: 2 }, header: false },
		expected: requests([Number.NaN, 'y', 1], [Number.NaN, 'v', 1]),
	},
	{
		name: 'times in milliseconds, and a delimiter that is told',
		text: 'time:id\n1500:a,b\n',
		options: { delimiter: ':', timeUnitSec: 0.001 },
		expected: requests([1.5, 'a,b', 1]),
	},
	{
		name: 'fields in quotes, empty lines, more columns than are needed',
		text: 'id,size,other\n"a,""b""",7,x\n\n"",8,y\n"c",9,"unfinished\n',
		options: { onBad: () => {} },
		expected: requests([Number.NaN, 'a,""b""', 7], [Number.NaN, 'c', 9]),
	},
	{
		name: 'ids that are nearly the same are not the same',
		text: 'id\n7\n07\n-7\n7.0\n18446744073709551615\n18446744073709551616\n9007199254740992\n0\n00\n',
		expected: requests(
			...[7, '07', '-7', '7.0', 2n ** 64n - 1n, '18446744073709551616', 2n ** 53n, 0, '00'].map(
				(id): [number, TraceRequest['id'], number] => [Number.NaN, id, 1],
			),
		),
	},
	{
		name: 'an octet order mark before the header',
		text: '\ufeffid,size\na,2\n',
		expected: requests([Number.NaN, 'a', 2]),
	},
];

describe('read', () => {
	for (const { name, text, options, expected } of rows) {
		test(name, async () => {
			for (const bytes of [1, 5, 1000]) {
				assert.deepEqual(await readAll(readCsv(textSource(text, bytes), options)), expected);
			}
		});
	}
});

test('lines that cannot be read are told, and the others are read', async () => {
	const told: string[] = [];
	const text = 'id,time,size\na,1,x\nb,1\nc,one,3\n,1,3\nd,1,0\ne,1,2.5\nf,1,4294967296\ng,1,9\n';
	const stream = readCsv(textSource(text), { name: 't.csv', onBad: (message) => told.push(message) });
	assert.deepEqual(await readAll(stream), requests([1, 'g', 9]));
	assert.deepEqual(told, [
		't.csv:2: column 3, the size, is "x"; it should be a whole number up to 4294967295',
		't.csv:3: the line has 2 columns and should have 3 at least',
		't.csv:4: column 2, the time, is "one"; it should be a number',
		't.csv:5: column 1, the id, is empty',
		't.csv:7: column 3, the size, is "2.5"; it should be a whole number up to 4294967295',
		't.csv:8: column 3, the size, is "4294967296"; it should be a whole number up to 4294967295',
	]);
	assert.deepEqual([...stream.passedOver.reasons], [['size 0', 1]]);
});

describe('refused', () => {
	const refused: readonly { text: string; options?: CsvOptions; message: RegExp }[] = [
		{ text: 'a,b\n1,2\n', message: /^input:1: no column is called id, .*; say which is the id, of "a, b"$/ },
		{
			text: 'a,b\n1,2\n',
			options: { columns: { id: 'c' } },
			message: /^input:1: there is no column "c" for the id; there are 2: "a, b"$/,
		},
		{
			text: '1,2\n',
			options: { columns: { id: 3 } },
			message: /^input:1: there is no column 3 for the id; there are 2: "1, 2"$/,
		},
		{
			text: '1,2\n',
			options: { columns: { id: 'a' }, header: false },
			message: /without a header columns are called by their numbers/,
		},
		{
			text: '1,2\n',
			options: { delimiter: '::' },
			message: /the delimiter is "::"; it should be one character/,
		},
		{
			text: 'id,size\na,b\nc,d\n',
			message: /nothing could be read; is it of another format\? What came first was input:2: column 2/,
		},
		{ text: '', message: /^input: is empty; give a trace$/ },
	];
	for (const { text, options, message } of refused) {
		test(`${JSON.stringify(text)} ${JSON.stringify(options ?? {})}`, async () => {
			await assert.rejects(readAll(readCsv(textSource(text), options)), { code: 'PETREL_CONFIG', message });
		});
	}
});
