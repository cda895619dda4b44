import type { WriterIdentity } from '../seqlock.ts';

/** How `tryLock` ended; `broken`: whoever held it died, and what it covers may be half-written. */
export const acquiredLock = { no: 0, clean: 1, broken: 2 } as const;

/** Takes the lock in word 0 if it is free or its holder is dead. Never waits. Returns a value of `acquiredLock`. */
export function tryLock(words: Int32Array, writer: WriterIdentity): number {
	const holder = Atomics.compareExchange(words, 0, 0, writer.token);
	if (holder === 0) return acquiredLock.clean;
	if (writer.isAlive(holder)) return acquiredLock.no;
	return Atomics.compareExchange(words, 0, holder, writer.token) === holder
		? acquiredLock.broken
		: acquiredLock.no;
}

export function releaseLock(words: Int32Array): void {
	Atomics.store(words, 0, 0);
}
