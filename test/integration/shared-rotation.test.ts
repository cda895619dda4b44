/** Goal: `loadbalance` turns the addresses of an answer over all workers. Method: each query comes from a port of its own. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askUdp } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { dataOf } from '../support/integration/message.ts';

const limit = { timeout: 20_000 };
const corefile = (target: string): string => `. {\n\tloadbalance\n\tcache\n\tforward . ${target}\n}\n`;
const { petrel, upstream } = await startHouse({ after }, corefile, { workers: 4 });

test(
	'T12: with loadbalance each of four addresses is first, whichever worker answers, and none is lost',
	limit,
	async () => {
		const name = 'count4.turns.example';
		const seen: string[][] = [];
		for (let i = 0; i < 8; i++) seen.push((await askUdp(petrel, name)).answers.map(({ data }) => data));
		assert.equal(upstream.script.report.count(name), 1);
		const addresses = seen[0].toSorted();
		assert.equal(addresses.length, 4);
		for (const each of seen) assert.deepEqual(each.toSorted(), addresses);
		assert.deepEqual([...new Set(seen.map(([first]) => first))].sort(), addresses);
	},
);

test('without a second record there is nothing to turn', limit, async () => {
	const first = dataOf(await askUdp(petrel, 'one.turns.example'));
	assert.deepEqual(dataOf(await askUdp(petrel, 'one.turns.example')), first);
});
