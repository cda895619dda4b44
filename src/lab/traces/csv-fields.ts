const quote = 0x22;

/**
 * The fields of a line, where they lie. A field in quotes may have the delimiter in it; its quotes are left out, a quote in
 * it, which is doubled, stays so.
 */
export class CsvFields {
	readonly #delimiter: number;
	/** Field i is `octets[starts[i], ends[i])`. */
	readonly starts: number[] = [];
	readonly ends: number[] = [];

	/** @param delimiter its octet */
	constructor(delimiter: number) {
		this.#delimiter = delimiter;
	}

	/** Splits `octets[start, end)`. Returns how many fields it has, at most `max`. */
	split(octets: Buffer, start: number, end: number, max: number): number {
		let count = 0;
		for (let position = start; count < max; position++) {
			if (octets[position] === quote && position < end) {
				const close = closingQuote(octets, position + 1, end);
				this.starts[count] = position + 1;
				this.ends[count++] = close;
				position = this.#fieldEnd(octets, close, end);
			} else {
				this.starts[count] = position;
				position = this.#fieldEnd(octets, position, end);
				this.ends[count++] = position;
			}
			if (position >= end) break;
		}
		return count;
	}

	#fieldEnd(octets: Buffer, start: number, end: number): number {
		let position = start;
		while (position < end && octets[position] !== this.#delimiter) position++;
		return position;
	}
}

function closingQuote(octets: Buffer, start: number, end: number): number {
	for (let position = start; position < end; position++) {
		if (octets[position] !== quote) continue;
		if (octets[position + 1] !== quote || position + 1 === end) return position;
		position++;
	}
	return end;
}
