import type { Model } from '../../../src/config/model.ts';
import type { SharedState } from '../../../src/engine/shared-state.ts';
import { type Histogram, type QuerySums, sumQuerySeries } from '../../../src/metrics/hot/series-sums.ts';
import { plainRows } from '../plain-rows.ts';
import type { Exchange } from './exchange.ts';

const headerBytes = 12;

/** What the series of queries say of a whole scenario, against the messages that went by: what does not agree. */
export function seriesFaults(shared: SharedState, model: Model, exchanges: readonly Exchange[]): string[] {
	const listeners = new Map([
		[0, { server: 'udp', proto: 'udp', family: 1 }],
		[1, { server: 'tcp', proto: 'tcp', family: 1 }],
		[2, { server: 'udp', proto: 'udp', family: 2 }],
		[3, { server: 'tcp', proto: 'tcp', family: 2 }],
	] as const);
	const zones = model.blocks.flatMap((block) => block.keys.map(({ zone }) => zone));
	const sums = sumQuerySeries(shared.querySeries, plainRows(listeners, zones));
	const faults: string[] = [];
	for (const proto of ['udp', 'tcp'] as const) {
		const rows = sums.filter((row) => row.proto === proto);
		const queries = exchanges.filter(({ transport, query }) => transport === proto && isQuery(query));
		const answers = queries.flatMap(({ answer }) => answer ?? []);
		const compare = (what: string, counted: number, happened: number): void => {
			if (counted !== happened)
				faults.push(`by ${proto} there were ${happened} ${what}, counted are ${counted}`);
		};
		const total = (value: (row: QuerySums) => number): number =>
			rows.reduce((sum, row) => sum + value(row), 0);
		compare('requests', total(requestsOf), queries.length);
		compare(
			'request sizes',
			total(({ requestBytes }) => countOf(requestBytes)),
			queries.length,
		);
		compare(
			'request octets',
			total(({ requestBytes }) => requestBytes.sum),
			octetsOf(queries.map(({ query }) => query)),
		);
		compare('responses', total(responsesOf), answers.length);
		compare(
			'durations',
			total(({ durationMs }) => countOf(durationMs)),
			answers.length,
		);
		compare(
			'response sizes',
			total(({ responseBytes }) => countOf(responseBytes)),
			answers.length,
		);
		compare(
			'response octets',
			total(({ responseBytes }) => responseBytes.sum),
			octetsOf(answers),
		);
	}
	return faults;
}

/** What is no query at all is counted as dropped and nowhere else. */
function isQuery(octets: Uint8Array): boolean {
	return octets.length >= headerBytes && (octets[2] & 0x80) === 0;
}

export function requestsOf(row: QuerySums): number {
	return Object.values(row.requests).reduce((sum, count) => sum + count, 0);
}

export function responsesOf(row: QuerySums): number {
	return row.responses.reduce((sum, { count }) => sum + count, 0);
}

export function countOf({ counts }: Histogram): number {
	return counts.reduce((sum, count) => sum + count, 0);
}

function octetsOf(messages: readonly Uint8Array[]): number {
	return messages.reduce((sum, { length }) => sum + length, 0);
}
