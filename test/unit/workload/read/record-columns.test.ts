/** The columns that `petrel record` adds to a dns.log: each may be missing, unset, or no number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrace } from './support.ts';

async function read(columns: string, ...rows: string[]) {
	const head = `#separator \\x09\n#unset_field\t-\n#fields\tquery\tqtype\t${columns}\n`;
	const { queries, bad } = await readTrace(head + rows.map((row) => `a.b\t1\t${row}\n`).join(''));
	assert.deepEqual(bad, []);
	return queries;
}

test('octets of the reply, the OPT of the query, and how long a denial may be kept', async () => {
	const columns = 'edns_bytes\tDO\treply_bytes\tdenial_ttl';
	const [all, none, odd] = await read(columns, '1232\tT\t88\t30.000000', '-\tT\t-\t-', '99999\tF\tx\t-1');
	assert.deepEqual(all.edns, { udpPayloadBytes: 1232, dnssecOk: true });
	assert.deepEqual([all.replyBytes, all.denialTtlSec], [88, 30]);
	assert.deepEqual([none.edns, none.replyBytes, 'denialTtlSec' in none], [undefined, undefined, false]);
	assert.deepEqual([odd.edns, odd.replyBytes, 'denialTtlSec' in odd], [undefined, undefined, false]);
});

test('an OPT without DO', async () => {
	const [clear, unset] = await read('DO\tedns_bytes', 'F\t512', '-\t512');
	assert.deepEqual(clear.edns, { udpPayloadBytes: 512, dnssecOk: false });
	assert.deepEqual(unset.edns, { udpPayloadBytes: 512, dnssecOk: false });
	const [without] = await read('edns_bytes', '4096');
	assert.deepEqual(without.edns, { udpPayloadBytes: 4096, dnssecOk: false });
});
