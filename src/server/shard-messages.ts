import type { MessagePort } from 'node:worker_threads';
import type { FlushScope } from '../cache/flush-scope.ts';
import type { Model } from '../config/model.ts';
import type { EngineEvent } from '../engine/io.ts';
import type { HostsFile } from '../engine/local/hosts.ts';
import type { LogSetup } from '../engine/query-log.ts';
import type { RecordingSetup } from '../engine/query-recorder.ts';
import type { SharedState } from '../engine/shared-state.ts';
import type { Steering, TransportName } from '../net/transport.ts';
import type { ErrorCode } from '../util/errors.ts';

/** One address and port that every shard binds, UDP and TCP. */
export interface Endpoint {
	/** The same for one address and port as long as the process lives. */
	readonly number: number;
	readonly address: string;
	readonly port: number;
	/** The numbers of the server blocks that answer here. */
	readonly blocks: readonly number[];
	/** Of those blocks, the zones with this port in their keys answer here; undefined: all of them. */
	readonly keyPort: number | undefined;
	/** Where queries by each transport are counted: see `ListenerZones.rows`. */
	readonly rows?: { readonly udp: readonly number[]; readonly tcp: readonly number[] };
}

export interface UpstreamAddress {
	readonly address: string;
	readonly port: number;
	/** Where its series are counted; undefined: in the row of its number. */
	readonly row?: number;
}

/** The upstreams that one forward has now, in the order of its line. */
export interface ForwardUpstreams {
	/** Forwards are numbered over all blocks in file order. */
	readonly forward: number;
	readonly upstreams: readonly UpstreamAddress[];
}

/** Upstream `i` of forward `f` has the number `f * upstreamsPerForward + i` everywhere. */
export const upstreamsPerForward = 16;

export interface Doorbell {
	readonly shard: number;
	readonly port: MessagePort;
}

/** A configuration as a shard is given it: at its start, and at every reload. */
export interface GenerationTask {
	/** Counts up from 0 with every reload. */
	readonly generation: number;
	readonly model: Model;
	readonly shared: SharedState;
	/** See `EngineSetup.cacheIds`. */
	readonly cacheIds: readonly number[];
	readonly endpoints: readonly Endpoint[];
	readonly upstreams: readonly ForwardUpstreams[];
	/** What the files of `hosts` hold now. */
	readonly hosts: readonly HostsFile[];
	/** Where the query log goes; undefined where no block logs. */
	readonly log: LogSetup | undefined;
}

/** All that a shard is told when it starts. */
export interface ShardTask extends GenerationTask {
	readonly shard: number;
	/** See `newClockOrigin`: all threads read one time. */
	readonly originMs: number;
	readonly transport: TransportName;
	readonly steering: Steering;
	readonly trains: boolean;
	/** Undefined: nobody records queries. */
	readonly recording: RecordingSetup | undefined;
	/** Octets on their way to each shard: see `Doorbells`. */
	readonly mailboxes: SharedArrayBuffer;
	/** Open TCP connections of each shard: see `sharedConnectionSlots`. */
	readonly connections: SharedArrayBuffer;
	/** When each shard's event loop last turned: see `Pulse`. */
	readonly pulses: SharedArrayBuffer;
	readonly control: MessagePort;
	readonly doorbells: readonly Doorbell[];
}

/** Ways to hurt a shard, for tests (fault-hook.ts). */
export const shardFaults = ['throw', 'exhaust-memory', 'spin'] as const;
export type ShardFault = (typeof shardFaults)[number];

/** From the main thread to a shard. */
export type ShardCommand =
	| { readonly kind: 'listen'; readonly endpoint: Endpoint }
	| { readonly kind: 'unlisten'; readonly endpoint: number }
	| { readonly kind: 'upstreams'; readonly forward: ForwardUpstreams }
	/** A file of `hosts` was read anew. */
	| { readonly kind: 'hosts'; readonly file: HostsFile }
	/** Bind what a new configuration needs, without serving there yet; report `bound`. */
	| { readonly kind: 'bind'; readonly endpoints: readonly Endpoint[] }
	/** Close what was bound: the new configuration is not taken after all. */
	| { readonly kind: 'unbind'; readonly endpoints: readonly number[] }
	/** Serve by this configuration from now on; report `adopted`. */
	| { readonly kind: 'adopt'; readonly task: GenerationTask }
	/** A shard was started (anew): this is the way to it. */
	| { readonly kind: 'doorbell'; readonly doorbell: Doorbell }
	/** Answer, by `called`. */
	| { readonly kind: 'ping'; readonly call: number }
	/** Forget the large answers in a scope; answer how many they were, by `called`. */
	| { readonly kind: 'flush'; readonly call: number; readonly scope: FlushScope }
	/** Record queries there from now on, or (undefined) no longer; answer by `called`. */
	| { readonly kind: 'record'; readonly call: number; readonly setup: RecordingSetup | undefined }
	/** Take on nobody new; report `drained` when nobody waits any more, or after `graceMs`. */
	| { readonly kind: 'drain'; readonly graceMs: number }
	/** All shards are drained: close everything and end. */
	| { readonly kind: 'close' }
	| { readonly kind: 'fault'; readonly fault: ShardFault };

/** From a shard to the main thread. */
export type ShardReport =
	| { readonly kind: 'listening'; readonly receiveBufferBytes: number; readonly threadId: number }
	/** The answer to `bind`; with a failure nothing of it is bound. */
	| { readonly kind: 'bound'; readonly failure?: string }
	| { readonly kind: 'adopted'; readonly generation: number }
	/** An endpoint that was added later could not be bound; the shard goes on without it. */
	| { readonly kind: 'not-bound'; readonly endpoint: number; readonly message: string }
	| { readonly kind: 'drained' }
	/** What a command with this number asked for is done. */
	| { readonly kind: 'called'; readonly call: number; readonly count: number }
	| { readonly kind: 'event'; readonly generation: number; readonly event: EngineEvent }
	| { readonly kind: 'suppressed'; readonly count: number }
	/** A fault in petrel that cost one message; the shard goes on. */
	| { readonly kind: 'fault'; readonly text: string };

/** How a shard's task ends when it does not throw. */
export type ShardEnd =
	| { readonly kind: 'stopped' }
	/** It could not start. A `PetrelError` does not cross threads as itself, so this is its parts. */
	| { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
