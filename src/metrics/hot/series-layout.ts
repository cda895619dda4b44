import { assert } from '../../util/assert.ts';

/**
 * What is counted of every query, by label: the series that CoreDNS has, and its buckets. Like the counters they are
 * 64-bit floats in shared memory, and a shard adds only to rows of its own. No name is touched on the way of a query:
 * a row belongs to a listener and a zone, a cell in it to the remaining labels, and both are index arithmetic.
 *
 *   shard 0                                              shard 1
 *   [row 0][row 1] ... [row seriesRowsMax: overflow]     [row 0] ...
 *
 *   row   requests by type | DO | request size | response size | duration | responses by plugin and RCODE
 *         19                 1    15 + sum       15 + sum        23 + sum   10 × 13
 *         cache | ACL | translated | template matches by type
 *         5       4     1            19
 *
 * The transport and the address family are the listener's. What belongs to no zone has a row of its own at each listener
 * ("dropped"). What does not fit into the rows is counted in the last one, under no listener.
 */
export const seriesRowsMax = 1024;
export const overflowRow: number = seriesRowsMax;

/** Values of the label `type`. */
export const typeLabels = [
	'A',
	'AAAA',
	'MX',
	'SOA',
	'CNAME',
	'PTR',
	'TXT',
	'NS',
	'SRV',
	'DS',
	'DNSKEY',
	'RRSIG',
	'NSEC',
	'NSEC3',
	'HTTPS',
	'IXFR',
	'AXFR',
	'ANY',
	'other',
] as const;

/** Values of the label `rcode`: numbers 0 to 10 are their own places. */
export const rcodeLabels = [
	'NOERROR',
	'FORMERR',
	'SERVFAIL',
	'NXDOMAIN',
	'NOTIMP',
	'REFUSED',
	'YXDOMAIN',
	'YXRRSET',
	'NXRRSET',
	'NOTAUTH',
	'NOTZONE',
	'BADVERS',
	'other',
] as const;

/** The place of an RCODE of twelve bits among `rcodeLabels`. */
export function rcodePlace(rcode: number): number {
	if (rcode <= 10) return rcode;
	return rcode === 16 ? 11 : 12;
}

/** Who wrote a reply: values of the label `plugin`, empty where petrel refused by itself. */
export const plugin = {
	none: 0,
	cache: 1,
	forward: 2,
	whoami: 3,
	hosts: 4,
	template: 5,
	local: 6,
	any: 7,
	acl: 8,
	dns64: 9,
} as const;
export const pluginLabels = [
	'',
	'cache',
	'forward',
	'whoami',
	'hosts',
	'template',
	'local',
	'any',
	'acl',
	'dns64',
] as const;

/** Upper bounds of the size buckets, in octets. */
export const sizeBounds: readonly number[] = [
	0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000,
];

/** CoreDNS's upper bounds of durations, in milliseconds. */
export const coreDurationBoundsMs: readonly number[] = Array.from({ length: 16 }, (_, n) => 0.25 * 2 ** n);
/** Below the first of them lies every hit, so there are finer ones. */
export const durationBoundsMs: readonly number[] = [
	0.005,
	0.01,
	0.02,
	0.04,
	0.08,
	0.16,
	...coreDurationBoundsMs,
];

/** A histogram is a cell a bucket, one for what is above all bounds, and the sum. */
export function histogramCells(bounds: readonly number[]): number {
	return bounds.length + 2;
}

/** The bucket of a value: that of the first bound which is not below it. */
export function bucketOf(bounds: readonly number[], value: number): number {
	let bucket = 0;
	while (bucket < bounds.length && value > bounds[bucket]) bucket++;
	return bucket;
}

const requestSizeAt = typeLabels.length + 1;
const responseSizeAt = requestSizeAt + histogramCells(sizeBounds);
const durationAt = responseSizeAt + histogramCells(sizeBounds);
const responsesAt = durationAt + histogramCells(durationBoundsMs);
const cacheAt = responsesAt + pluginLabels.length * rcodeLabels.length;
const aclAt = cacheAt + 5;
const translatedAt = aclAt + 4;

/** Offsets in a row. */
export const cell = {
	types: 0,
	dnssecOk: typeLabels.length,
	requestSize: requestSizeAt,
	responseSize: responseSizeAt,
	duration: durationAt,
	responses: responsesAt,
	hitsSuccess: cacheAt,
	hitsDenial: cacheAt + 1,
	misses: cacheAt + 2,
	servedStale: cacheAt + 3,
	prefetches: cacheAt + 4,
	aclAllowed: aclAt,
	aclBlocked: aclAt + 1,
	aclFiltered: aclAt + 2,
	aclDropped: aclAt + 3,
	/** Answers that `dns64` made. */
	translated: translatedAt,
	/** Queries that a `template` matched, by type. */
	templateMatches: translatedAt + 1,
} as const;

/** A row is a whole number of cache lines. */
export const rowCells: number = Math.ceil((cell.templateMatches + typeLabels.length) / 8) * 8;

assert(plugin.dns64 === pluginLabels.length - 1, 'every plugin has its label');
assert(rcodePlace(0xfff) === rcodeLabels.length - 1, 'every RCODE has its label');

/**
 * The row of a zone at a listener, where one model is all that a process knows. `zone` is `zones` for what belongs to
 * none. With models that change, rows are given out one by one (src/server/series-book.ts).
 */
export function seriesRow(listener: number, zone: number, zones: number): number {
	return Math.min(listener * (zones + 1) + zone, overflowRow);
}

/** Memory that nobody counts in stays untouched, so its size costs addresses and nothing else. */
export function createQuerySeriesMemory(shards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(shards * (seriesRowsMax + 1) * rowCells * 8);
}
