import { type Chunk, eventWords, warmupBit } from '../generate/events.ts';
import type { Interval, Measured } from '../result.ts';
import { OpenMeasured } from './open-measured.ts';

export interface BookkeeperOptions {
	readonly workers: number;
	readonly warmupMs: number;
	/** Whether `takeRecent` will be called: it costs as much as all the rest. */
	readonly live: boolean;
	/** Called with each second when it is complete, in order. */
	readonly onInterval?: ((interval: Interval) => void) | undefined;
}

/** Sums up what the workers of one round send: by the second, and without the warm-up. */
export class Bookkeeper {
	readonly #completeMs: number[];
	readonly #warmupSec: number;
	readonly #onInterval: ((interval: Interval) => void) | undefined;
	readonly #open = new Map<number, OpenMeasured>();
	readonly #total = new OpenMeasured();
	readonly #intervals: Interval[] = [];
	/** Undefined: nobody looks. */
	#recent: OpenMeasured | undefined;
	#nextSecond = 0;

	constructor(options: BookkeeperOptions) {
		this.#completeMs = new Array(options.workers).fill(0);
		this.#warmupSec = options.warmupMs / 1000;
		this.#onInterval = options.onInterval;
		this.#recent = options.live ? new OpenMeasured() : undefined;
	}

	add(worker: number, chunk: Chunk): void {
		const { words, events, handshakes } = chunk;
		for (let at = 0; at < events * eventWords; at += eventWords) this.#addEvent(words, at);
		if (handshakes !== undefined) {
			this.#total.addHandshakes(handshakes.tookUs, handshakes.failed);
			this.#recent?.addHandshakes(handshakes.tookUs, handshakes.failed);
		}
		this.#completeMs[worker] = chunk.completeMs;
		const completeMs = Math.min(...this.#completeMs);
		while (this.#open.size > 0 && (this.#nextSecond + 1) * 1000 <= completeMs) this.#closeNext();
	}

	/** Slots that ended, whenever they were due, since the last call. */
	takeRecent(): Measured | undefined {
		const recent = this.#recent?.close();
		if (recent !== undefined) this.#recent = new OpenMeasured();
		return recent;
	}

	/** The whole, when all workers have ended. */
	close(): { measured: Measured; intervals: Interval[] } {
		while (this.#open.size > 0) this.#closeNext();
		this.#recent?.close();
		this.#recent = undefined;
		return { measured: this.#total.close(), intervals: this.#intervals };
	}

	#addEvent(words: Int32Array, at: number): void {
		const kindAndMore = words[at + 1];
		const queryBytes = words[at + 5] & 0xffff;
		const replyBytes = words[at + 5] >>> 16;
		const [latencyUs, sinceSentUs, lagUs] = [words[at + 2], words[at + 3], words[at + 4]];
		// A stray datagram may come before the round's first query: from the round before.
		const second = Math.max(words[at], this.#nextSecond);
		let interval = this.#open.get(second);
		if (interval === undefined) {
			interval = new OpenMeasured();
			this.#open.set(second, interval);
		}
		interval.add(kindAndMore, latencyUs, sinceSentUs, lagUs, queryBytes, replyBytes);
		this.#recent?.add(kindAndMore, latencyUs, sinceSentUs, lagUs, queryBytes, replyBytes);
		// Seconds that are measured as a whole are added when they are complete.
		if (second >= this.#warmupSec || kindAndMore & warmupBit) return;
		this.#total.add(kindAndMore, latencyUs, sinceSentUs, lagUs, queryBytes, replyBytes);
	}

	#closeNext(): void {
		const second = this.#nextSecond++;
		const open = this.#open.get(second) ?? new OpenMeasured();
		this.#open.delete(second);
		if (second >= this.#warmupSec) this.#total.merge(open);
		const interval: Interval = {
			fromSec: second,
			toSec: second + 1,
			warmup: second < this.#warmupSec,
			measured: open.close(),
		};
		this.#intervals.push(interval);
		this.#onInterval?.(interval);
	}
}
