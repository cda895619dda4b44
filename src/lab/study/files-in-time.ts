import type { Requests } from '../simulate/requests.ts';

/**
 * Puts the times of files that follow each other in one line, from 0 on. Where a file begins, by its own times, after the
 * one before ended (a log that was rotated), the gap is kept; otherwise it begins when the one before ended.
 */
export class FilesInTime {
	/** Where the times of the first file, as they were recorded, have their 0; NaN: none were. */
	#originMs = Number.NaN;
	#lastMs = 0;
	#offsetMs = 0;
	#isPlaced = true;
	#files = 0;
	#name = '';
	readonly notes: string[] = [];

	begin(name: string): void {
		this.#name = name;
		this.#files++;
		this.#isPlaced = false;
		this.#offsetMs = this.#lastMs;
	}

	/** @param atMs of the file's first request, as it was recorded; of later ones it changes nothing. NaN: it was not */
	place(atMs: number): void {
		if (this.#isPlaced) return;
		this.#isPlaced = true;
		if (this.#files === 1) this.#originMs = atMs;
		else if (atMs - this.#originMs >= this.#lastMs) this.#offsetMs = atMs - this.#originMs;
		else if (!Number.isNaN(atMs)) {
			this.#originMs = Number.NaN;
			this.notes.push(
				`${this.#name} begins before the file in front of it ended: its times were moved behind that`,
			);
		}
	}

	/** Moves the times of a batch, which count from the file's first request. */
	shift(batch: Requests): Requests {
		const { atMs, count } = batch;
		if (this.#offsetMs > 0) for (let i = 0; i < count; i++) atMs[i] += this.#offsetMs;
		if (count > 0) this.#lastMs = atMs[count - 1];
		return batch;
	}
}
