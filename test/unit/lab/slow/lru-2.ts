import type { SlowPolicy } from './slow-policy.ts';

interface Page {
	size: number;
	/** HIST(p, 1), HIST(p, 2) and LAST(p) of figure 2.1 in the paper; 0: there is none. */
	first: number;
	second: number;
	last: number;
}

/** LRU-2 by figure 2.1 of the paper: every buffer is looked at for a victim. */
export class SlowLru2 implements SlowPolicy {
	readonly #capacity: number;
	readonly #rememberedMax: number;
	readonly #correlatedRequests: number;
	#time = 0;
	readonly #buffer = new Map<number, Page>();
	/** Of evicted keys, the one that was evicted first first. */
	readonly #history = new Map<number, Page>();

	constructor(capacity: number, rememberedShare: number, correlatedRequests: number) {
		this.#capacity = capacity;
		this.#rememberedMax = Math.floor(capacity * rememberedShare);
		this.#correlatedRequests = correlatedRequests;
	}

	request(key: number, size: number): boolean {
		const time = ++this.#time;
		const page = this.#buffer.get(key);
		if (page) {
			if (time - page.last > this.#correlatedRequests) {
				const correlatedPeriod = page.last - page.first;
				page.second = page.first + correlatedPeriod;
				page.first = time;
			}
			page.last = time;
			return true;
		}
		if (size > this.#capacity) return false;
		const known = this.#history.get(key);
		this.#history.delete(key);
		while (sum(this.#buffer) + size > this.#capacity) this.#evict();
		this.#buffer.set(key, { size, first: time, second: known ? known.first : 0, last: time });
		return false;
	}

	expire(key: number, size: number): void {
		this.#buffer.delete(key);
		this.request(key, size);
	}

	#evict(): void {
		const all = [...this.#buffer.keys()];
		const eligible = all.filter((key) => this.#time - this.#buffer.get(key)!.last > this.#correlatedRequests);
		const candidates = eligible.length > 0 ? eligible : all;
		let victim = candidates[0];
		for (const key of candidates) {
			const one = this.#buffer.get(key)!;
			const best = this.#buffer.get(victim)!;
			if (one.second < best.second || (one.second === best.second && one.last < best.last)) victim = key;
		}
		const page = this.#buffer.get(victim)!;
		this.#buffer.delete(victim);
		if (page.size > this.#rememberedMax) return;
		this.#history.set(victim, page);
		while (sum(this.#history) > this.#rememberedMax) {
			this.#history.delete(this.#history.keys().next().value!);
		}
	}
}

function sum(pages: ReadonlyMap<number, Page>): number {
	let all = 0;
	for (const { size } of pages.values()) all += size;
	return all;
}
