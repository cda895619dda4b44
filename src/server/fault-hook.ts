import type { ShardFault } from './shard-messages.ts';

/**
 * How a test hurts a shard of a running process. It is reached only where the parent process opened a message channel
 * (an `ipc` entry in its `stdio`) and PETREL_FAULT_HOOK is set: see `listenForFaults`.
 */
export interface FaultRequest {
	readonly shard: number;
	/** `terminate` ends the thread from outside; the others are the shard's own doing. */
	readonly fault: ShardFault | 'terminate';
}

export function listenForFaults(env: NodeJS.ProcessEnv, onFault: (request: FaultRequest) => void): void {
	if (env.PETREL_FAULT_HOOK !== '1' || process.send === undefined) return;
	process.on('message', (request: FaultRequest) => onFault(request));
	// The channel must not keep a process alive that has ended otherwise.
	process.channel?.unref();
}

/** What a shard does to itself. */
export function hurt(fault: ShardFault): void {
	switch (fault) {
		case 'throw':
			setImmediate(() => {
				throw new Error('a fault that a test asked for');
			});
			return;
		case 'exhaust-memory': {
			const held: unknown[] = [];
			for (;;) held.push(new Array(100_000).fill(held.length));
		}
		// falls through: never reached
		case 'spin':
			for (;;);
	}
}
