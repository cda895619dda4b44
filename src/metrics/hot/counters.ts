import { addTo } from './cells.ts';

/**
 * Counters in shared memory: one row of 64-bit floats per shard. A shard adds only to its own row, so counting is a
 * plain store; whoever sums the rows may be one event behind. (Doubles count to 2^53; an aligned eight-octet store
 * is not torn on the processors that Node.js runs on.)
 */
export const counterNames = [
	'queries_udp',
	'queries_tcp',
	'replies_udp',
	'replies_tcp',
	'hits_positive',
	'hits_negative',
	'hits_failure',
	'hits_stale',
	'hits_large',
	'hits_nxdomain_cut',
	'misses',
	'uncached',
	'local_answers',
	'localhost_requests',
	'template_failures',
	'prefetches',
	'stale_refreshes',
	'coalesced_local',
	'coalesced_remote',
	'handovers_sent',
	'handovers_received',
	'handovers_dropped',
	'faults',
	'events_suppressed',
	'log_lines_written',
	'log_lines_dropped',
	'log_lines_unsampled',
	'log_lines_over_rate',
	'claims_no_room',
	'claims_taken_over',
	'waiters_no_room',
	'drop_short',
	'drop_response',
	'formerr_question',
	'formerr_records',
	'notimp',
	'badvers',
	'refused_class',
	'refused_type',
	'refused_zone',
	'refused_max_concurrent',
	'servfail_upstreams',
	'servfail_loop',
	'truncated',
	'header_rewrites',
	'cache_inserted_positive',
	'cache_inserted_negative',
	'cache_inserted_failure',
	'cache_inserted_large',
	'cache_not_stored',
	'cache_outrun_by_flush',
	'cache_evicted_positive',
	'cache_evicted_negative',
	'cache_evicted_failure',
	'cache_read_retried',
	'cache_contended',
	'cache_estimate_dropped',
	'upstream_queries_udp',
	'upstream_queries_tcp',
	'upstream_send_failed',
	'upstream_replies',
	'upstream_timeouts',
	'upstream_gone',
	'upstream_retries',
	'upstream_truncated',
	'upstream_without_edns',
	'upstream_ignored_short',
	'upstream_ignored_unmatched',
	'upstream_ignored_question',
	'upstream_ignored_malformed',
	'upstream_failover',
	'upstream_next',
	'upstream_further_questions',
	'upstream_marked_down',
	'upstreams_all_down',
	'upstream_marked_up',
	'health_probes',
	'health_probe_failures',
	'loop_probes',
	'loops_found',
	'udp_batches',
	'udp_kernel_drops',
	'udp_oversize',
	'udp_unanswerable',
	'udp_before_start',
	'udp_send_errors',
	'udp_clients_full',
	'tcp_accepted',
	'tcp_refused',
	'tcp_evicted',
	'tcp_idle_closed',
	'tcp_read_timeouts',
	'tcp_write_stalled',
	'tcp_empty_messages',
	'upstream_sockets_opened',
	'upstream_sockets_failed',
	'upstream_sockets_shared',
	'upstream_sockets_full',
	'upstream_sockets_expired',
	'upstream_ignored_foreign',
	'upstream_connections_opened',
	'upstream_connections_failed',
	'upstream_connections_full',
	'control_requests',
	'control_connections_refused',
	'flushes',
	'flushed_entries',
] as const;

export type CounterName = (typeof counterNames)[number];

/** Index of each counter in a row. */
export const counter = Object.fromEntries(counterNames.map((name, index) => [name, index])) as Readonly<
	Record<CounterName, number>
>;

/** A row is a whole number of cache lines, so that shards do not share one. */
const rowLength = Math.ceil(counterNames.length / 8) * 8;

export function createCounterMemory(rows: number): SharedArrayBuffer {
	return new SharedArrayBuffer(rows * rowLength * 8);
}

/** One shard's row. */
export class Counters {
	readonly #row: Float64Array;

	constructor(memory: SharedArrayBuffer, shard: number) {
		this.#row = new Float64Array(memory, shard * rowLength * 8, rowLength);
	}

	add(index: number): void {
		addTo(this.#row, index, 1);
	}

	addMany(index: number, by: number): void {
		this.#row[index] += by;
	}

	get(index: number): number {
		return this.#row[index];
	}
}

/** One row a shard, by name; the last is the main thread's. */
export function counterRows(memory: SharedArrayBuffer): Record<CounterName, number>[] {
	const all = new Float64Array(memory);
	const names = counterNames.toReversed();
	return Array.from({ length: all.length / rowLength }, (_, row) => {
		const entries = names.map((name) => [name, all[row * rowLength + counter[name]]]);
		return Object.fromEntries(entries) as Record<CounterName, number>;
	});
}

/**
 * The sum of some counters over all rows.
 *
 * @param all the whole memory
 */
export function sumOfCounters(all: Float64Array, names: readonly CounterName[]): number {
	let sum = 0;
	for (let row = 0; row < all.length; row += rowLength) {
		for (let i = 0; i < names.length; i++) sum += all[row + counter[names[i]]];
	}
	return sum;
}

/** All rows added up, by name. */
export function sumCounters(memory: SharedArrayBuffer): Record<CounterName, number> {
	const all = new Float64Array(memory);
	// In another order than `counter`: V8 keeps one description for objects of equal names in equal order, and these
	// numbers, which change, must not undo what it knows of those, which never do.
	const names = counterNames.toReversed();
	const sums = Object.fromEntries(names.map((name) => [name, 0])) as Record<CounterName, number>;
	for (let row = 0; row < all.length; row += rowLength) {
		for (const name of counterNames) sums[name] += all[row + counter[name]];
	}
	return sums;
}
