import type { Random } from '../../../src/util/random.ts';
import { randomBelow } from '../../../src/util/random.ts';
import { makeQuery } from './message.ts';

const types = ['A', 'AAAA', 'TXT', 'SRV', 'MX', 'PTR', 'CNAME', 'SOA'];

/** Good queries of many shapes; all their names are below `zone`. */
export function goodQueries(zone: string): Buffer[] {
	const queries: Buffer[] = [];
	for (const [i, type] of types.entries()) {
		const name = `n${i}.${zone}`;
		queries.push(
			makeQuery(name, { type }),
			makeQuery(name, { type, edns: {} }),
			makeQuery(name, { type, edns: { dnssecOk: true, sizeBytes: 4096 } }),
			makeQuery(`a.longer.name.with.more.labels.${name}`, { type, cd: true, ad: true }),
			makeQuery(name, { type, edns: { options: [{ code: 10, data: new Uint8Array(8) }] } }),
		);
	}
	return queries;
}

/** A good query with one to three octets changed, each to anything. */
export function changedQuery(good: readonly Buffer[], random: Random): Buffer {
	const octets = Buffer.from(good[randomBelow(random, good.length)]);
	const changes = 1 + randomBelow(random, 3);
	for (let i = 0; i < changes; i++) octets[randomBelow(random, octets.length)] = random.nextUint32();
	return octets;
}

const longest = 600;

/** Octets without any sense, the length included; now and then with a header before them that looks right. */
export function nonsense(random: Random): Buffer {
	const octets = Buffer.alloc(randomBelow(random, longest));
	for (let i = 0; i < octets.length; i++) octets[i] = random.nextUint32();
	if (octets.length >= 12 && randomBelow(random, 2) === 0) {
		octets.writeUInt16BE(0x0100, 2);
		octets.writeUInt16BE(1, 4);
		octets.fill(0, 6, 12);
	}
	return octets;
}
