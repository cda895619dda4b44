import { workerKey } from './by-popularity.ts';
import { unitAt } from './hash.ts';
import { type Order, serials } from './order.ts';
import type { PlainQueries } from './plain-queries.ts';
import type { PrefixedQueries } from './prefixed-queries.ts';
import type { QuerySource } from './query-source.ts';
import type { HitRatioDraw, SourcePlace } from './workload.ts';

/** The queries of a set as they are. A number is a place in the set. */
export class PlainSource implements QuerySource {
	readonly #order: Order;
	readonly #queries: PlainQueries;

	constructor(order: Order, queries: PlainQueries) {
		this.#order = order;
		this.#queries = queries;
	}

	next(): number {
		return this.#order.next();
	}

	get dueMs(): number {
		return this.#order.dueMs;
	}

	write(number: number, octets: Uint8Array, at: number): number {
		return this.#queries.write(number, octets, at);
	}

	asks(number: number, octets: Uint8Array, start: number, length: number): boolean {
		return this.#queries.asks(number, octets, start, length);
	}
}

/** The queries of a set with a label of their own each. A number is a serial number. */
export class PrefixedSource implements QuerySource {
	readonly #order: Order;
	readonly #queries: PrefixedQueries;

	constructor(order: Order, queries: PrefixedQueries) {
		this.#order = order;
		this.#queries = queries;
	}

	next(): number {
		return this.#order.nextSerial();
	}

	get dueMs(): number {
		return this.#order.dueMs;
	}

	write(number: number, octets: Uint8Array, at: number): number {
		return this.#queries.write(this.#order.placeOf(number), number, octets, at);
	}

	asks(number: number, octets: Uint8Array, start: number, length: number): boolean {
		return this.#queries.asks(this.#order.placeOf(number), number, octets, start, length);
	}
}

/**
 * Hits and misses in a given share. A number below `known` is a place in the set; the others, less `known`, are the serial
 * numbers of names that were never asked for, of which each thread takes every `workers`th.
 */
export class HitRatioSource implements QuerySource {
	readonly #draw: HitRatioDraw;
	readonly #known: number;
	readonly #hitRatio: number;
	readonly #knownNames: number;
	readonly #workers: number;
	readonly #key: number;
	readonly #plain: PlainQueries;
	readonly #prefixed: PrefixedQueries;
	readonly #firstUnknown: number;
	readonly dueMs = 0;
	#nextKnown: number;
	#nextUnknown: number;
	#draws = 0;
	#turn: number;

	constructor(draw: HitRatioDraw, plain: PlainQueries, prefixed: PrefixedQueries, place: SourcePlace) {
		this.#draw = draw;
		this.#known = draw.known;
		this.#hitRatio = draw.hitRatio;
		this.#knownNames = draw.known / draw.typesPerName;
		this.#workers = place.workers;
		this.#key = workerKey(place);
		this.#plain = plain;
		this.#prefixed = prefixed;
		this.#firstUnknown = this.#nextUnknown = draw.known + place.worker;
		this.#nextKnown = place.worker;
		this.#turn = place.worker % draw.typesPerName;
	}

	next(): number {
		const primed = this.#nextKnown;
		if (primed < this.#known) {
			this.#nextKnown = primed + this.#workers;
			return primed;
		}
		const unit = unitAt(this.#key, this.#draws);
		this.#draws = (this.#draws + 1) | 0;
		if (unit < this.#hitRatio) return this.#pickKnown(unit / this.#hitRatio);
		const unknown = this.#nextUnknown;
		this.#nextUnknown = unknown + this.#workers < serials ? unknown + this.#workers : this.#firstUnknown;
		return unknown;
	}

	#pickKnown(unit: number): number {
		// The quotient may have been rounded up to 1.
		const name = Math.min(Math.floor(unit * this.#knownNames), this.#knownNames - 1);
		const turn = this.#turn;
		this.#turn = turn + 1 === this.#draw.typesPerName ? 0 : turn + 1;
		return name * this.#draw.typesPerName + turn;
	}

	write(number: number, octets: Uint8Array, at: number): number {
		if (number < this.#known) return this.#plain.write(number, octets, at);
		const serial = number - this.#known;
		return this.#prefixed.write(this.#templateOf(serial), serial, octets, at);
	}

	asks(number: number, octets: Uint8Array, start: number, length: number): boolean {
		if (number < this.#known) return this.#plain.asks(number, octets, start, length);
		const serial = number - this.#known;
		return this.#prefixed.asks(this.#templateOf(serial), serial, octets, start, length);
	}

	#templateOf(serial: number): number {
		return this.#draw.firstTemplate + (serial % this.#draw.templates);
	}
}
