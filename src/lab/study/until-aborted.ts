/** Items until a signal ends it, also while the next one is waited for: nobody waits for what may never come. */
export async function* untilAborted<T>(
	items: AsyncIterable<T>,
	signal: AbortSignal | undefined,
): AsyncGenerator<T, void, void> {
	const iterator = items[Symbol.asyncIterator]();
	const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
	const onAbort = (): void => resolve(undefined);
	signal?.addEventListener('abort', onAbort);
	try {
		while (!signal?.aborted) {
			const next = iterator.next();
			const result = await Promise.race([next, aborted]);
			if (result === undefined) next.catch(() => {});
			if (result === undefined || result.done) return;
			yield result.value;
		}
	} finally {
		signal?.removeEventListener('abort', onAbort);
		iterator.return?.().catch(() => {});
	}
}
