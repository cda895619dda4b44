/** Runs a server on the node of a Corefile and holds what it does against what is expected there. */
import assert from 'node:assert/strict';
import type { Cleanup } from '../integration/child.ts';
import { type Expectation, type NodeCase, nodeResolver } from './cases.ts';
import type { NodeAnswer, NodeResult } from './plan.ts';
import { runNode } from './run.ts';

export interface Visit {
	/** Holds the Corefile and what it imports. */
	readonly directory: string;
	/** Whether the server has what an expectation needs; all of it unless given. */
	readonly possible?: (expectation: { readonly needs?: string }) => boolean;
	/** A CoreDNS in petrel's place. */
	readonly coredns?: string;
}

/** "10.96.0.11 udp or 10.96.0.12 udp" */
function hosts(asks: string): string[] {
	return asks === 'nobody' ? [] : asks.split(' or ').map((who) => who.split(' ')[0]);
}

function upstreamsOf({ expectations }: NodeCase): string[] {
	return [...new Set([nodeResolver, ...expectations.flatMap(({ asks }) => hosts(asks))])];
}

function check(expected: Expectation, answer: NodeAnswer): void {
	const where = `${expected.name} ${expected.type ?? 'A'} at ${expected.server} over ${answer.transport}`;
	assert.equal(answer.rcode, expected.rcode ?? 'NOERROR', where);
	if (expected.asks === 'nobody') assert.deepEqual(answer.asked, [], where);
	// One upstream, once: the second client, over TCP, is answered from the cache.
	else
		assert.ok(expected.asks.split(' or ').includes(answer.asked.join()), `${where}: asked ${answer.asked}`);
	if (expected.data) assert.deepEqual([...answer.data].sort(), [...expected.data].sort(), where);
	else assert.equal(answer.data.length > 0, answer.rcode === 'NOERROR', where);
	if (expected.nsidIs !== undefined) assert.equal(answer.nsid, expected.nsidIs, where);
}

/** Throws where something is not as expected. */
export async function visitNode(cleanup: Cleanup, nodeCase: NodeCase, visit: Visit): Promise<NodeResult> {
	const { directory, possible = () => true, coredns } = visit;
	const expectations = nodeCase.expectations.filter(possible);
	const pages = nodeCase.pages.filter(possible);
	const result = await runNode(cleanup, {
		directory,
		addresses: nodeCase.addresses,
		upstreams: upstreamsOf(nodeCase),
		etc: { 'resolv.conf': `nameserver ${nodeResolver}\n`, ...nodeCase.etc },
		questions: expectations,
		urls: pages.map(({ url }) => url),
		...(coredns === undefined ? {} : { coredns }),
	});
	for (const [i, answers] of result.answers.entries()) {
		for (const answer of answers) check(expectations[i], answer);
	}
	for (const [i, { status, body }] of result.pages.entries()) {
		assert.equal(status, 200, pages[i].url);
		assert.match(body, pages[i].body, pages[i].url);
	}
	assert.equal(result.exitCode, 0, result.log);
	return result;
}
