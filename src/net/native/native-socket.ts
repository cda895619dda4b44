import type { BatchMemory } from './batch-memory.ts';
import type { NativeHandle } from './binding.ts';
import type { OutQueue } from './out-queue.ts';

/** Whoever owns a socket of the addon. */
export interface NativeSocketOwner {
	readonly handle: NativeHandle;
	/** One turn: datagrams in the rx slots [0, count). */
	deliver(count: number): void;
	failed(code: string): void;
}

/** What the owners of a shard's sockets share. */
export interface NativeHost {
	readonly memory: BatchMemory;
	readonly out: OutQueue;
	flush(): void;
	/** Closes a socket; its number means nobody from now on. */
	forget(owner: NativeSocketOwner): void;
}
