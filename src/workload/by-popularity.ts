import { pickAlias } from './alias-table.ts';
import { keyOf, unitAt } from './hash.ts';
import { type Order, serials } from './order.ts';
import type { PopularityDraw, SourcePlace } from './workload.ts';

/** Salts of `keyOf`; 0 is that of the labels of own-label.ts. */
const saltOfSerials = 1;
const saltOfWorkers = 2;

/** The stream of draws of one thread. */
export function workerKey({ worker, seed }: SourcePlace): number {
	return keyOf(seed, saltOfWorkers + worker);
}

/** Draws names, one independent of the other, and asks their queries. */
export class ByPopularity implements Order {
	readonly #names: number;
	readonly #typesPerName: number;
	readonly #aliases: Uint32Array | undefined;
	readonly #lookups: Uint32Array | undefined;
	readonly #workers: number;
	readonly #worker: number;
	readonly #key: number;
	readonly #keyOfSerials: number;
	readonly dueMs = 0;
	#draws = 0;
	#turn: number;
	#serial: number;
	/** What is left of the lookup that was drawn last. */
	#next = 0;
	#end = 0;

	constructor(draw: PopularityDraw, place: SourcePlace) {
		this.#names = draw.names;
		this.#typesPerName = draw.typesPerName;
		this.#aliases = draw.aliases && new Uint32Array(draw.aliases);
		this.#lookups = draw.lookups && new Uint32Array(draw.lookups);
		this.#workers = place.workers;
		this.#worker = this.#serial = place.worker;
		this.#turn = place.worker % draw.typesPerName;
		this.#key = workerKey(place);
		this.#keyOfSerials = keyOf(place.seed, saltOfSerials);
	}

	next(): number {
		if (this.#next < this.#end) return this.#next++;
		const name = this.#pick(unitAt(this.#key, this.#draws));
		this.#draws = (this.#draws + 1) | 0;
		if (this.#lookups !== undefined) {
			this.#next = this.#lookups[name];
			this.#end = this.#lookups[name + 1];
			return this.#next++;
		}
		const turn = this.#turn;
		this.#turn = turn + 1 === this.#typesPerName ? 0 : turn + 1;
		return name * this.#typesPerName + turn;
	}

	nextSerial(): number {
		const serial = this.#serial;
		this.#serial = serial + this.#workers < serials ? serial + this.#workers : this.#worker;
		return serial;
	}

	/** Drawn from a stream that all threads share. Only without lookups. */
	placeOf(serial: number): number {
		const name = this.#pick(unitAt(this.#keyOfSerials, serial));
		return name * this.#typesPerName + (serial % this.#typesPerName);
	}

	#pick(unit: number): number {
		return this.#aliases === undefined ? Math.floor(unit * this.#names) : pickAlias(this.#aliases, unit);
	}
}
