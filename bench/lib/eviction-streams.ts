/** What eviction policies are compared on: made-up streams that are hard in different ways, and recorded traces. */
import { floodStream } from '../../src/lab/generate/flood.ts';
import { oneTimeStream } from '../../src/lab/generate/one-time.ts';
import { popularityStream } from '../../src/lab/generate/popularity.ts';
import { searchStream } from '../../src/lab/generate/search.ts';
import type { KeyNames } from '../../src/lab/simulate/key-names.ts';
import { NameTable } from '../../src/lab/simulate/name-table.ts';
import { readDnsRequests } from '../../src/lab/simulate/read-dns.ts';
import { gather, type Requests } from '../../src/lab/simulate/requests.ts';
import { openTrace } from '../../src/workload/read/open-trace.ts';

export interface Subject {
	readonly name: string;
	open(): Promise<Opened>;
}

export interface Opened {
	readonly names: KeyNames;
	readonly requests: Requests;
	/** Not counted. */
	readonly warmupRequests: number;
}

interface Stream {
	readonly names: KeyNames;
	readonly requests: number;
	batches(): Iterable<Requests>;
}

/** Of the requests of a stream without a beginning of its own, those that are not counted. */
const warmupShare = 0.2;

function made(name: string, make: () => Stream, warmupOf?: (stream: Stream) => number): Subject {
	return {
		name,
		async open() {
			const stream = make();
			const warmupRequests = warmupOf?.(stream) ?? Math.floor(stream.requests * warmupShare);
			return { names: stream.names, requests: await gather(stream.batches()), warmupRequests };
		},
	};
}

/** @param requests of each; the flood has as many as it takes */
export function madeStreams(requests: number): Subject[] {
	const zipf = (exponent: number, names: number, ratePerSec: number, seed: number): Subject =>
		made(`Zipf ${exponent}, ${names.toLocaleString('en')} names`, () =>
			popularityStream({ requests, ratePerSec, names, exponent, seed }),
		);
	const search = (names: number, exponent: number, lookupsPerSec: number, seed: number): Subject =>
		made(`search list, ${names.toLocaleString('en')} names`, () =>
			searchStream({ requests, lookupsPerSec, names, exponent, seed }),
		);
	const shift = { dayMs: 1_000_000, newPerDay: 0.5 };
	const scan = { names: 3000, everyRequests: 30_000 };
	const flood = { hotNames: 1000, floodNames: requests / 4, floodPerHot: 3, ratePerSec: 1000, seed: 9 };
	return [
		zipf(0.9, 20_000, 1000, 1),
		zipf(1, 50_000, 1000, 2),
		zipf(1.2, 100_000, 500, 3),
		made('days and nights', () =>
			popularityStream({ requests, ratePerSec: 100, names: 20_000, exponent: 1, seed: 4, shift }),
		),
		search(5000, 1, 100, 5),
		search(20_000, 0.9, 300, 6),
		made('a fifth once-only names', () =>
			oneTimeStream({ requests, ratePerSec: 1000, names: 20_000, exponent: 1, onceShare: 0.2, seed: 7 }),
		),
		made('scans of 3,000 names', () =>
			oneTimeStream({
				requests,
				ratePerSec: 1000,
				names: 10_000,
				exponent: 1,
				onceShare: 0.05,
				scan,
				seed: 8,
			}),
		),
		made(
			'flood of random names',
			() => floodStream(flood),
			() => flood.hotNames,
		),
	];
}

/** A recorded trace, all of it; queries that were recorded twice within 10 ms are one. */
export function recorded(path: string): Subject {
	return {
		name: path.slice(path.lastIndexOf('/') + 1),
		async open() {
			const options = { pairReplies: true, keepIncomplete: true, duplicatesWithinMs: 10 };
			const names = new NameTable();
			const requests = await gather(readDnsRequests(openTrace(path, options), names, true));
			return { names, requests, warmupRequests: 0 };
		},
	};
}
