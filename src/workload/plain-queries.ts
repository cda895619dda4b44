import { headerBytes } from '../wire/header.ts';
import { copyOctets, Views, viewOf } from '../wire/views.ts';
import { questionBytesOf } from './encode-query.ts';
import type { QuerySet } from './query-set.ts';
import { holdsQuestion } from './same-question.ts';

const targets = new Views();

/** The queries of a set as they are, known by their place in it. */
export class PlainQueries {
	readonly #octets: Uint8Array;
	readonly #view: DataView;
	readonly #offsets: Uint32Array;

	constructor(set: QuerySet) {
		this.#octets = new Uint8Array(set.octets);
		this.#view = viewOf(this.#octets);
		this.#offsets = new Uint32Array(set.offsets);
	}

	write(place: number, octets: Uint8Array, at: number): number {
		const start = this.#offsets[place];
		const length = this.#offsets[place + 1] - start;
		copyOctets(this.#view, start, targets.of(octets), at, length);
		return length;
	}

	asks(place: number, octets: Uint8Array, start: number, length: number): boolean {
		const own = this.#offsets[place];
		const questionBytes = questionBytesOf(this.#octets, own, this.#offsets[place + 1] - own);
		return holdsQuestion(this.#view, own + headerBytes, questionBytes, octets, start, length, 0);
	}
}
