import type { Writable } from 'node:stream';
import type { Flushed } from '../../cache/flusher.ts';
import type { SourcePosition } from '../../config/model.ts';
import type { RecordRequest } from '../record/record-request.ts';

/**
 * What the control socket shows and does, as JSON: `GET /status`, `GET /sample`, `POST /flush`. Keys are stable within
 * a schema version, and numbers carry their unit in the key. `POST /record` is asked in JSON and answers with a stream
 * (record/frame.ts), or by 409 where somebody records already; `POST /record/end` ends it before its time.
 */
export const schemaVersion = 1;

/** What the server offers to whoever may open its control socket. */
export interface ControlTarget {
	status(): Promise<ServerStatus>;
	sample(): Promise<Sample>;
	/** Throws a `PetrelError` of code `PETREL_CONFIG` for a request that makes no sense. */
	flush(request: FlushRequest): Promise<FlushReport>;
	/**
	 * Records queries until the time is over or whoever reads is gone. Throws `RecordingRuns` if somebody records already.
	 *
	 * @param open where the recording goes: called when it begins
	 */
	record(request: RecordRequest, open: () => Writable): Promise<void>;
	/** Ends the recording that runs; its stream ends with all that was recorded until now. */
	endRecording(): Promise<RecordingEnd>;
}

/** A file of the configuration that runs. */
export interface ConfigFile {
	readonly path: string;
	readonly sha256: string;
}

export interface LoadedConfig {
	/** Empty when flags take the place of a file. */
	readonly files: readonly ConfigFile[];
	/** ISO 8601. */
	readonly loaded_at: string;
}

/** What became of the last reload. */
export type ReloadStatus =
	/** Nothing was reloaded since the start. */
	| { readonly result: 'none' }
	| { readonly result: 'ok'; readonly at: string }
	/** The configuration before it goes on. */
	| {
			readonly result: 'failed';
			readonly at: string;
			readonly message: string;
			/** Where the first error is; undefined: in no file. */
			readonly place?: SourcePosition;
	  };

export type ShardState =
	| 'starting'
	| 'listening'
	/** Its worker died; it will be started anew. */
	| 'dead';

export interface ShardStatus {
	readonly shard: number;
	readonly state: ShardState;
	/** How often its worker was replaced since the start. */
	readonly replaced_count: number;
	/** How long a message to the shard and back took; null: it did not answer in time. */
	readonly lag_ms: number | null;
}

export interface EndpointStatus {
	readonly address: string;
	readonly port: number;
}

export interface UpstreamStatus {
	readonly address: string;
	readonly port: number;
	readonly state: 'up' | 'down';
	/** In a row. */
	readonly failures_count: number;
	readonly queries_total: number;
}

export interface ForwardStatus {
	/** What it takes: its FROM, or the zones of its server block where FROM is above them. */
	readonly zones: readonly string[];
	/** Where it stands in the configuration: "Corefile:3". */
	readonly place: string;
	readonly policy: string;
	/** Questions under way. */
	readonly in_flight_count: number;
	readonly upstreams: readonly UpstreamStatus[];
}

/** Queries since the start, by what became of them. */
export interface QueryTotals {
	readonly queries_total: number;
	/** Answered from the cache, fresh; failures that are held among them. */
	readonly hits_total: number;
	readonly stale_total: number;
	readonly misses_total: number;
	/** All others: refused, malformed, answered by petrel itself, not cached. */
	readonly other_total: number;
}

export interface CacheStatus {
	/** The budget of the whole process (`--cache-size`). */
	readonly budget_bytes: number;
	/** Of the cache that all workers share. */
	readonly size_bytes: number;
	readonly used_bytes: number;
	/** Entries; expired ones among them that nothing has replaced yet. */
	readonly positive_count: number;
	readonly negative_count: number;
	readonly failure_count: number;
	/** False: the counts are estimated. */
	readonly exact: boolean;
	readonly inserted_total: number;
	readonly evicted_total: number;
	readonly flushed_total: number;
	/** Of hits and stale hits among all that could have been one, since the start; null: there was none. */
	readonly hit_ratio: number | null;
}

export interface ServerStatus {
	readonly schema: typeof schemaVersion;
	readonly version: string;
	readonly node: string;
	readonly platform: string;
	readonly pid: number;
	/** ISO 8601. */
	readonly started_at: string;
	readonly uptime_s: number;
	readonly transport: {
		readonly name: string;
		/** Why it is not the native one; null: nothing to say. */
		readonly reason: string | null;
		readonly steering: string;
	};
	readonly config: LoadedConfig;
	readonly reload: ReloadStatus;
	readonly workers: readonly ShardStatus[];
	readonly endpoints: readonly EndpointStatus[];
	readonly cache: CacheStatus;
	readonly forwards: readonly ForwardStatus[];
	readonly totals: QueryTotals;
}

/** Counts by bucket, not cumulative; the last bucket is what is above all bounds. */
export interface HistogramSample {
	readonly bounds_ms: readonly number[];
	readonly counts: readonly number[];
}

export interface ZoneSample {
	/** "127.0.0.1:53" */
	readonly server: string;
	/** "dropped": queries that belong to no zone. */
	readonly zone: string;
	readonly queries_total: number;
	readonly hits_total: number;
	readonly misses_total: number;
	/** Replies with an RCODE other than NOERROR and NXDOMAIN. */
	readonly errors_total: number;
	readonly duration: HistogramSample;
}

export interface UpstreamSample {
	readonly address: string;
	readonly port: number;
	/** What its forward takes. */
	readonly zones: readonly string[];
	readonly state: 'up' | 'down';
	readonly queries_total: number;
	/** Answers with an RCODE other than NOERROR and NXDOMAIN. */
	readonly errors_total: number;
	readonly duration: HistogramSample;
}

export interface ShardSample extends ShardStatus {
	readonly queries_total: number;
	/** Batches of datagrams that were read. */
	readonly batches_total: number;
	/** Datagrams that the kernel dropped, since nobody had read them in time. */
	readonly kernel_drops_total: number;
}

/** Everything that moves, as it is now: two of them give rates (`petrel top`). */
export interface Sample {
	readonly schema: typeof schemaVersion;
	readonly version: string;
	readonly pid: number;
	/** On a monotonic clock of the server. */
	readonly at_ms: number;
	readonly uptime_s: number;
	readonly endpoints: readonly EndpointStatus[];
	readonly totals: QueryTotals;
	readonly cache: CacheStatus;
	readonly zones: readonly ZoneSample[];
	readonly upstreams: readonly UpstreamSample[];
	readonly shards: readonly ShardSample[];
}

/** What is to be forgotten. Either `name` or `all` is there. */
export interface FlushRequest {
	readonly name?: string;
	readonly all?: boolean;
	/** The names below `name` too. */
	readonly suffix?: boolean;
	/** Only entries of this type. */
	readonly type?: string;
	/** Only server blocks that have this zone among their keys. */
	readonly block?: string;
}

export interface FlushReport {
	readonly schema: typeof schemaVersion;
	/** Entries that are gone, by kind; `large`: answers of more than 4 KiB, which each worker has for itself. */
	readonly removed: Flushed & { readonly large: number };
	readonly removed_count: number;
	readonly took_ms: number;
	/** Parts of the cache that others had locked all the time, and workers that did not answer: 0 when all went well. */
	readonly locked_count: number;
	readonly silent_workers: readonly number[];
}

export interface RecordingEnd {
	readonly schema: typeof schemaVersion;
	/** False: there was no recording. */
	readonly ended: boolean;
}
