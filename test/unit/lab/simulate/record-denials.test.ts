/** A denial whose TTL was recorded, as `petrel record` does, is simulated with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import { readDnsRequests } from '../../../../src/lab/simulate/read-dns.ts';
import { gather, outcome } from '../../../../src/lab/simulate/requests.ts';
import { openTrace } from '../../../../src/workload/read/open-trace.ts';

test('denials with a TTL of their own, and without', async () => {
	const rows = ['3\t-\t30.000000', '0\t-\t20.000000', '3\t-\t-', '0\t60.0\t-', '3\t-\t0.000000'];
	async function* octets(): AsyncGenerator<Uint8Array> {
		yield Buffer.from('#separator \\x09\n#fields\tquery\tqtype\trcode\tTTLs\tdenial_ttl\n');
		yield Buffer.from(rows.map((row) => `a.b\t1\t${row}\n`).join(''));
	}
	const trace = openTrace(octets());
	const requests = await gather(readDnsRequests(trace, new NameTable(), false, { negativeTtlSec: 5 }));
	const { positive, negative } = outcome;
	assert.deepEqual([...requests.outcomes], [negative, negative, negative, positive, negative]);
	assert.deepEqual([...requests.ttlsSec], [30, 20, 5, 60, 0]);
});
