import type { Request } from './requests.ts';
import type { SlowPolicy } from './slow-policy.ts';

interface Held {
	readonly size: number;
	frequency: number;
	/** The lowest goes first; of equal ones that which got its rank first. */
	rank: number;
	ranked: number;
}

/** Every entry has a rank, and all are looked at for the lowest. */
abstract class SlowRanked implements SlowPolicy {
	readonly #capacity: number;
	protected readonly held = new Map<number, Held>();
	/** The number of the request that is under way. */
	protected number = -1;

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	protected abstract rankOf(held: Held): number;
	protected evicted(_held: Held): void {}

	request(key: number, size: number): boolean {
		this.number++;
		const found = this.held.get(key);
		if (found) {
			found.frequency++;
			this.#rank(found);
			return true;
		}
		if (size > this.#capacity) return false;
		while (this.#sum() + size > this.#capacity) this.#evict();
		const held = { size, frequency: 1, rank: 0, ranked: 0 };
		this.#rank(held);
		this.held.set(key, held);
		return false;
	}

	expire(key: number, size: number): void {
		this.held.delete(key);
		this.request(key, size);
	}

	#rank(held: Held): void {
		held.rank = this.rankOf(held);
		held.ranked = this.number;
	}

	#sum(): number {
		return [...this.held.values()].reduce((sum, { size }) => sum + size, 0);
	}

	#evict(): void {
		const [[key, held]] = [...this.held].sort(
			([, one], [, other]) => compare(one.rank, other.rank) || one.ranked - other.ranked,
		);
		this.held.delete(key);
		this.evicted(held);
	}
}

/** Infinite ranks have no difference. */
function compare(one: number, other: number): number {
	if (one === other) return 0;
	return one < other ? -1 : 1;
}

export class SlowLfu extends SlowRanked {
	protected rankOf({ frequency }: Held): number {
		return frequency;
	}
}

export class SlowGdsf extends SlowRanked {
	#floor = 0;

	protected rankOf({ frequency, size }: Held): number {
		return this.#floor + (frequency * 1e6) / size;
	}

	protected override evicted({ rank }: Held): void {
		this.#floor = rank;
	}
}

export class SlowMin extends SlowRanked {
	readonly #requests: readonly Request[];

	constructor(capacity: number, requests: readonly Request[]) {
		super(capacity);
		this.#requests = requests;
	}

	protected rankOf(): number {
		const { key } = this.#requests[this.number];
		const next = this.#requests.findIndex((request, number) => number > this.number && request.key === key);
		return next < 0 ? Number.NEGATIVE_INFINITY : -next;
	}
}
