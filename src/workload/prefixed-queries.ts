import { headerBytes } from '../wire/header.ts';
import { copyOctets, Views, viewOf } from '../wire/views.ts';
import { questionBytesOf } from './encode-query.ts';
import { OwnLabels, ownLabelBytes } from './own-label.ts';
import type { QuerySet } from './query-set.ts';
import { holdsQuestion } from './same-question.ts';

const targets = new Views();
const replies = new Views();

/**
 * Queries with a label of their own in front of a name of a set: names that nobody has asked for before, so that no cache
 * has them.
 */
export class PrefixedQueries {
	readonly #octets: Uint8Array;
	readonly #view: DataView;
	readonly #offsets: Uint32Array;
	readonly #labels: OwnLabels;

	/** @param set whose names have at most `maxNameBytes - ownLabelBytes` octets */
	constructor(set: QuerySet, seed: number) {
		this.#octets = new Uint8Array(set.octets);
		this.#view = viewOf(this.#octets);
		this.#offsets = new Uint32Array(set.offsets);
		this.#labels = new OwnLabels(seed);
	}

	/** @param place of the query in the set @param serial a whole number, of which the lower 32 bits count */
	write(place: number, serial: number, octets: Uint8Array, at: number): number {
		const start = this.#offsets[place];
		const length = this.#offsets[place + 1] - start;
		const target = targets.of(octets);
		copyOctets(this.#view, start, target, at, headerBytes);
		this.#labels.write(serial, target, at + headerBytes);
		const behind = at + headerBytes + ownLabelBytes;
		copyOctets(this.#view, start + headerBytes, target, behind, length - headerBytes);
		return length + ownLabelBytes;
	}

	asks(place: number, serial: number, octets: Uint8Array, start: number, length: number): boolean {
		const own = this.#offsets[place];
		const questionBytes = questionBytesOf(this.#octets, own, this.#offsets[place + 1] - own);
		return (
			holdsQuestion(this.#view, own + headerBytes, questionBytes, octets, start, length, ownLabelBytes) &&
			this.#labels.standsAt(serial, replies.of(octets), start + headerBytes)
		);
	}
}
