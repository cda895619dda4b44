/**
 * Who waits for an answer. Every channel has a ring of entries, and an entry's ID is fixed: the IDs of a channel are a
 * permutation of all 65,536, of which its entries use the first `idsPerChannel`.
 *
 *   channel 0   [ entry 0 | entry 1 | ... | entry n-1 ]      id = (place * odd + salt) mod 65,536
 *   channel 1   [ entry n | ...                       ]
 *
 *   idle ── take ──▶ waiting ── answer ──▶ answered ── take ──▶ waiting ...
 *                       └─ timeout ──▶ overdue ── answer ──▶ answered
 *                                         └─ given up ──▶ idle
 *
 * An answered entry still knows its query, so that a second reply is told from a stranger's; entries are taken in the order
 * of the ring, so it stays known for as long as possible. Nothing is allocated for a query.
 */
import { assert } from '../../util/assert.ts';
import { type Random, randomBelow } from '../../util/random.ts';

export const entryState = { idle: 0, waiting: 1, overdue: 2, answered: 3 } as const;

/** How many entries that are in use are passed over before a channel counts as full. */
const maxPassed = 256;
const ids = 0x1_0000;

export class InFlight {
	readonly idsPerChannel: number;
	readonly state: Uint8Array;
	/** Of the source: what was asked. */
	readonly number: Uint32Array;
	readonly dueMs: Float64Array;
	readonly sentMs: Float64Array;
	/** Octets of the query. */
	readonly queryBytes: Uint16Array;
	/** Entries that are waiting or overdue. */
	open = 0;
	readonly #shift: number;
	readonly #next: Uint32Array;
	readonly #factor: number;
	readonly #inverse: number;
	readonly #salts: Uint16Array;

	/** @param idsPerChannel a power of two up to 65,536 */
	constructor(channels: number, idsPerChannel: number, random: Random) {
		assert(
			(idsPerChannel & (idsPerChannel - 1)) === 0 && idsPerChannel <= ids,
			'IDs of a channel: a power of two up to 65,536',
		);
		const entries = channels * idsPerChannel;
		this.idsPerChannel = idsPerChannel;
		this.#shift = Math.log2(idsPerChannel);
		this.state = new Uint8Array(entries);
		this.number = new Uint32Array(entries);
		this.dueMs = new Float64Array(entries);
		this.sentMs = new Float64Array(entries);
		this.queryBytes = new Uint16Array(entries);
		this.#next = new Uint32Array(channels);
		this.#factor = randomBelow(random, ids) | 1;
		this.#inverse = inverseOf(this.#factor);
		this.#salts = Uint16Array.from({ length: channels }, () => random.nextUint32());
	}

	/** An entry of the channel that is free, now waiting; -1: none is. */
	take(channel: number): number {
		const mask = this.idsPerChannel - 1;
		const base = channel * this.idsPerChannel;
		let place = this.#next[channel];
		for (let passed = 0; passed < maxPassed; passed++) {
			const entry = base + (place & mask);
			place++;
			const state = this.state[entry];
			if (state === entryState.waiting || state === entryState.overdue) continue;
			this.#next[channel] = place & mask;
			this.state[entry] = entryState.waiting;
			this.open++;
			return entry;
		}
		return -1;
	}

	idOf(entry: number): number {
		const place = entry & (this.idsPerChannel - 1);
		return (Math.imul(place, this.#factor) + this.#salts[entry >>> this.#shift]) & 0xffff;
	}

	channelOf(entry: number): number {
		return entry >>> this.#shift;
	}

	/** The entry that has this ID, whatever its state; -1: none has. */
	find(channel: number, id: number): number {
		const place = Math.imul(id - this.#salts[channel], this.#inverse) & 0xffff;
		return place < this.idsPerChannel ? channel * this.idsPerChannel + place : -1;
	}

	/** The query of an entry that is waiting or overdue is over. */
	end(entry: number, answered: boolean): void {
		this.state[entry] = answered ? entryState.answered : entryState.idle;
		this.open--;
	}
}

/** The inverse of an odd number modulo 65,536, by Newton's iteration: each step doubles the bits that are right. */
function inverseOf(odd: number): number {
	let inverse = odd;
	for (let bits = 3; bits < 16; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
	return inverse & 0xffff;
}
