import type { SlowPolicy } from './slow-policy.ts';

/**
 * LIRS by what section 3 of the paper says of recencies, without a stack: a key is in the stack if its last request is not
 * older than that of every LIR key, for the LIR key with the oldest one is the stack's bottom.
 */
export class SlowLirs implements SlowPolicy {
	readonly #capacity: number;
	readonly #lirMax: number;
	readonly #rememberedMax: number;
	#time = 0;
	/** Of held keys, and of those that were evicted and not forgotten. */
	readonly #sizes = new Map<number, number>();
	readonly #lastRequests = new Map<number, number>();
	readonly #lir = new Set<number>();
	/** Resident HIR keys, the next victim first. */
	#queue: number[] = [];

	constructor(capacity: number, rememberedShare: number) {
		this.#capacity = capacity;
		this.#lirMax = capacity - Math.max(1, Math.floor(capacity / 100));
		this.#rememberedMax = capacity * rememberedShare;
	}

	request(key: number, size: number): boolean {
		this.#time++;
		const isHit = this.#isResident(key);
		if (!isHit && size > this.#capacity) return false;
		if (this.#lir.has(key)) {
			this.#lastRequests.set(key, this.#time);
			this.#forgetOld();
			return true;
		}
		const wasInStack = this.#lastRequests.has(key) && this.#lastRequests.get(key)! >= this.#bottom();
		this.#queue = this.#queue.filter((other) => other !== key);
		if (isHit) size = this.#sizes.get(key)!;
		else {
			this.#sizes.delete(key);
			this.#lastRequests.delete(key);
			while (this.#sum(this.#residents()) + size > this.#capacity) this.#evict();
		}
		this.#sizes.set(key, size);
		this.#lastRequests.set(key, this.#time);
		const hasRoom = this.#sum([...this.#lir]) + size <= this.#lirMax;
		if (size <= this.#lirMax && (wasInStack || hasRoom)) {
			this.#lir.add(key);
			while (this.#sum([...this.#lir]) > this.#lirMax) this.#makeHir();
		} else this.#queue.push(key);
		this.#forgetOld();
		return isHit;
	}

	expire(key: number, size: number): void {
		if (this.#isResident(key)) {
			this.#lir.delete(key);
			this.#queue = this.#queue.filter((other) => other !== key);
			this.#sizes.delete(key);
			this.#lastRequests.delete(key);
			this.#forgetOld();
		}
		this.request(key, size);
	}

	#isResident(key: number): boolean {
		return this.#lir.has(key) || this.#queue.includes(key);
	}

	#residents(): number[] {
		return [...this.#lir, ...this.#queue];
	}

	#sum(keys: readonly number[]): number {
		return keys.reduce((sum, key) => sum + this.#sizes.get(key)!, 0);
	}

	#oldest(keys: Iterable<number>): number {
		let oldest = -1;
		for (const key of keys) {
			if (oldest < 0 || this.#lastRequests.get(key)! < this.#lastRequests.get(oldest)!) oldest = key;
		}
		return oldest;
	}

	/** Of the LIR key that was not requested for longest, the time of its last request. */
	#bottom(): number {
		return this.#lir.size === 0 ? Infinity : this.#lastRequests.get(this.#oldest(this.#lir))!;
	}

	#makeHir(): void {
		const key = this.#oldest(this.#lir);
		this.#lir.delete(key);
		this.#queue.push(key);
	}

	#evict(): void {
		if (this.#queue.length === 0) this.#makeHir();
		this.#queue.shift();
		this.#forgetOld();
		let evicted = [...this.#sizes.keys()].filter((key) => !this.#isResident(key));
		while (this.#sum(evicted) > this.#rememberedMax) {
			const oldest = this.#oldest(evicted);
			this.#sizes.delete(oldest);
			this.#lastRequests.delete(oldest);
			evicted = evicted.filter((key) => key !== oldest);
		}
	}

	/** What is not held is remembered while it is in the stack. */
	#forgetOld(): void {
		const bottom = this.#bottom();
		for (const key of [...this.#sizes.keys()]) {
			if (this.#isResident(key) || this.#lastRequests.get(key)! >= bottom) continue;
			this.#sizes.delete(key);
			this.#lastRequests.delete(key);
		}
	}
}
