/** What is decided by counting queries. Everything with the same number counts together, wherever it was asked for. */

const secondMs = 1000;
/** Different numbers that are counted for; names with labels can make up any. */
const maxCounters = 1024;

export class Quotas {
	readonly #losses = new Map<number, { queries: number }>();
	readonly #seconds = new Map<number, { startMs: number; queries: number }>();

	/** Whether this is the last of `every` queries, which is lost. */
	loses(every: number): boolean {
		const count = counterOf(this.#losses, every, () => ({ queries: 0 }));
		count.queries++;
		if (count.queries < every) return false;
		count.queries = 0;
		return true;
	}

	/** Whether `limit` queries came already in this second, which began with the first of them. */
	isOver(limit: number, nowMs: number): boolean {
		const second = counterOf(this.#seconds, limit, () => ({ startMs: nowMs, queries: 0 }));
		if (nowMs - second.startMs >= secondMs) {
			second.startMs = nowMs;
			second.queries = 0;
		}
		second.queries++;
		return second.queries > limit;
	}
}

/** The counter of a number, a new one if there is none; the oldest gives way where there are too many. */
function counterOf<T>(counters: Map<number, T>, number: number, create: () => T): T {
	const known = counters.get(number);
	if (known !== undefined) return known;
	if (counters.size === maxCounters) counters.delete(counters.keys().next().value!);
	const created = create();
	counters.set(number, created);
	return created;
}
