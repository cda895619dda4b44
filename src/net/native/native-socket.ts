import type { TransportCounters } from '../transport-counters.ts';
import type { BatchMemory } from './batch-memory.ts';
import type { NativeHandle } from './binding.ts';
import type { OutQueue } from './out-queue.ts';

/** Whoever owns a socket or an alarm of the addon. */
export interface NativeSocketOwner {
	readonly handle: NativeHandle;
	/** One turn: datagrams in the rx slots [0, count). Of an alarm: it rings. */
	deliver(count: number): void;
	failed(code: string): void;
}

/** What the owners of a shard's sockets share. */
export interface NativeHost {
	readonly memory: BatchMemory;
	readonly out: OutQueue;
	readonly counters: TransportCounters;
	flush(): void;
	/** Closes a socket or alarm; its number means nobody from now on. */
	forget(owner: NativeSocketOwner): void;
}
