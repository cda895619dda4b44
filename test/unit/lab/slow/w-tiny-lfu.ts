import type { Random } from '../../../../src/util/random.ts';
import type { Frequencies } from './frequencies.ts';
import type { SlowPolicy } from './slow-policy.ts';

interface Item {
	readonly key: number;
	readonly size: number;
}

/** W-TinyLFU by section 4 of the paper: a window and a segmented LRU as arrays, the next victim first. */
export class SlowWTinyLfu implements SlowPolicy {
	readonly #capacity: number;
	readonly #frequencies: Frequencies;
	readonly #random: Random;
	readonly #windowMax: number;
	readonly #mainMax: number;
	readonly #protectedMax: number;
	readonly #window: Item[] = [];
	readonly #probation: Item[] = [];
	readonly #protected: Item[] = [];
	#asked = 0;

	constructor(capacity: number, frequencies: Frequencies, random: Random) {
		this.#capacity = capacity;
		this.#frequencies = frequencies;
		this.#random = random;
		this.#mainMax = Math.floor(capacity * 0.99);
		this.#windowMax = capacity - this.#mainMax;
		this.#protectedMax = Math.floor(this.#mainMax * 0.8);
	}

	request(key: number, size: number): boolean {
		const list = this.#lists.find((items) => items.some((item) => item.key === key));
		if (!list && size > this.#capacity) return false;
		const item = list ? list.find((one) => one.key === key)! : { key, size };
		this.#count(item);
		if (!list) this.#admit(item);
		else {
			list.splice(list.indexOf(item), 1);
			if (list === this.#probation && item.size <= this.#protectedMax) this.#protect(item);
			else list.push(item);
		}
		return list !== undefined;
	}

	expire(key: number, size: number): void {
		for (const items of this.#lists) {
			const place = items.findIndex((item) => item.key === key);
			if (place >= 0) items.splice(place, 1);
		}
		this.request(key, size);
	}

	get #lists(): Item[][] {
		return [this.#window, this.#probation, this.#protected];
	}

	/** The reset of section 3.3: the sample is as large as ten caches. */
	#count(item: Item): void {
		this.#frequencies.add(item.key);
		this.#asked += item.size;
		if (this.#asked < 10 * this.#capacity) return;
		this.#frequencies.halve();
		this.#asked /= 2;
	}

	#protect(item: Item): void {
		this.#protected.push(item);
		while (sum(this.#protected) > this.#protectedMax) this.#probation.push(this.#protected.shift()!);
	}

	#admit(item: Item): void {
		if (item.size > this.#windowMax) {
			this.#tryMain(item);
			return;
		}
		this.#window.push(item);
		while (sum(this.#window) > this.#windowMax) this.#tryMain(this.#window.shift()!);
	}

	#tryMain(candidate: Item): void {
		const main = [...this.#probation, ...this.#protected];
		if (candidate.size > this.#mainMax) return;
		let count = 0;
		while (sum(main.slice(count)) + candidate.size > this.#mainMax) count++;
		const victims = main.slice(0, count);
		if (count > 0 && !this.#wins(candidate, victims)) return;
		for (const victim of victims) {
			const list = this.#probation.includes(victim) ? this.#probation : this.#protected;
			list.splice(list.indexOf(victim), 1);
		}
		this.#probation.push(candidate);
	}

	#wins(candidate: Item, victims: readonly Item[]): boolean {
		const frequency = this.#frequencies.estimate(candidate.key);
		const rivals = victims.reduce((all, { key }) => all + this.#frequencies.estimate(key), 0);
		if (frequency > rivals) return true;
		return frequency >= 6 && this.#random.nextUint32() % 128 === 0;
	}
}

function sum(items: readonly Item[]): number {
	return items.reduce((all, { size }) => all + size, 0);
}
