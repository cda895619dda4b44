import { SizedQueue } from './sized-queue.ts';
import type { SlowPolicy } from './slow-policy.ts';

/** ARC by figure 4 of its paper, for pages: sizes are not looked at, and nothing expires. */
export class SlowArc implements SlowPolicy {
	readonly #c: number;
	readonly #t1: number[] = [];
	readonly #t2: number[] = [];
	readonly #b1: number[] = [];
	readonly #b2: number[] = [];
	#p = 0;

	constructor(capacity: number) {
		this.#c = capacity;
	}

	expire(): void {
		throw new Error('the paper has no expiry');
	}

	request(x: number): boolean {
		if (take(this.#t1, x) || take(this.#t2, x)) {
			this.#t2.push(x);
			return true;
		}
		const [b1, b2] = [this.#b1.length, this.#b2.length];
		if (this.#b1.includes(x)) {
			this.#p = Math.min(this.#c, this.#p + Math.max(1, b2 / b1));
			this.#replace(false);
			take(this.#b1, x);
			this.#t2.push(x);
		} else if (this.#b2.includes(x)) {
			this.#p = Math.max(0, this.#p - Math.max(1, b1 / b2));
			this.#replace(true);
			take(this.#b2, x);
			this.#t2.push(x);
		} else {
			this.#missEverywhere();
			this.#t1.push(x);
		}
		return false;
	}

	#missEverywhere(): void {
		const l1 = this.#t1.length + this.#b1.length;
		const all = l1 + this.#t2.length + this.#b2.length;
		if (l1 === this.#c) {
			if (this.#t1.length < this.#c) {
				this.#b1.shift();
				this.#replace(false);
			} else {
				this.#t1.shift();
			}
		} else if (all >= this.#c) {
			if (all === 2 * this.#c) this.#b2.shift();
			this.#replace(false);
		}
	}

	#replace(isInB2: boolean): void {
		const t1 = this.#t1.length;
		if (t1 > 0 && (t1 > this.#p || (isInB2 && t1 === this.#p))) this.#b1.push(this.#t1.shift()!);
		else this.#b2.push(this.#t2.shift()!);
	}
}

function take(list: number[], x: number): boolean {
	const index = list.indexOf(x);
	if (index >= 0) list.splice(index, 1);
	return index >= 0;
}

/** ARC with sizes, as `arc.ts` describes what is scaled: whoever comes in, ghosts beyond the bounds go afterwards. */
export class SlowSizedArc implements SlowPolicy {
	readonly #c: number;
	readonly #t1 = new SizedQueue();
	readonly #t2 = new SizedQueue();
	readonly #b1 = new SizedQueue();
	readonly #b2 = new SizedQueue();
	#p = 0;

	constructor(capacity: number) {
		this.#c = capacity;
	}

	expire(key: number, size: number): void {
		(this.#t1.has(key) ? this.#t1 : this.#t2).take(key);
		this.request(key, size);
	}

	request(key: number, size: number): boolean {
		const held = [this.#t1, this.#t2].find((list) => list.has(key));
		if (held) {
			this.#t2.push(key, held.take(key));
			return true;
		}
		if (size > this.#c) return false;
		const [b1, b2] = [this.#b1.sum, this.#b2.sum];
		const wasInB1 = this.#b1.has(key);
		const wasInB2 = this.#b2.has(key);
		if (wasInB1) {
			this.#p = Math.min(this.#c, this.#p + size * Math.max(1, b2 / b1));
			this.#b1.take(key);
		}
		if (wasInB2) {
			this.#p = Math.max(0, this.#p - size * Math.max(1, b1 / b2));
			this.#b2.take(key);
		}
		while (this.#t1.sum + this.#t2.sum + size > this.#c) this.#replace(wasInB2);
		(wasInB1 || wasInB2 ? this.#t2 : this.#t1).push(key, size);
		while (this.#t1.sum + this.#b1.sum > this.#c && !this.#b1.isEmpty) this.#b1.shift();
		while (this.#all() > 2 * this.#c && !this.#b2.isEmpty) this.#b2.shift();
		return false;
	}

	#all(): number {
		return this.#t1.sum + this.#t2.sum + this.#b1.sum + this.#b2.sum;
	}

	#replace(isInB2: boolean): void {
		const t1 = this.#t1.sum;
		const fromT1 = this.#t2.isEmpty || (t1 > 0 && (t1 > this.#p || (isInB2 && t1 === this.#p)));
		if (fromT1) this.#b1.push(...this.#t1.shift());
		else this.#b2.push(...this.#t2.shift());
	}
}
