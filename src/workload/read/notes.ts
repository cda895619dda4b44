import { PetrelError } from '../../util/errors.ts';

/** How often something was left out, by reason. Reasons are fixed words, so that there are few of them. */
export interface Tally {
	readonly count: number;
	readonly reasons: ReadonlyMap<string, number>;
}

class Counts implements Tally {
	count = 0;
	readonly reasons = new Map<string, number>();

	add(reason: string): void {
		this.count++;
		this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
	}
}

/** What a reader came across, and what becomes of what it cannot read. One for each trace. */
export class Notes {
	readonly name: string;
	/** Lines or packets so far; while one is read, its number. */
	read = 0;
	/** Queries that were delivered behind later ones: the trace is less in order than what is held back allows for. */
	outOfOrder = 0;
	/** Damage: what might have been a query and could not be read. */
	readonly skipped = new Counts();
	/** What is no query: other protocols, replies, comments of a log. */
	readonly passedOver = new Counts();
	/** What cannot be read ends the reading. */
	strict = false;
	readonly #onBad: ((message: string) => void) | undefined;

	/** @param name of the file, for messages */
	constructor(name: string, onBad: ((message: string) => void) | undefined) {
		this.name = name;
		this.#onBad = onBad;
	}

	/**
	 * The line or packet that is being read cannot be used. Throws a `PetrelError` in strict reading.
	 *
	 * @param message with the value, and what to do where there is something to do
	 */
	bad(reason: string, message: string): void {
		const whole = `${this.name}:${this.read}: ${message}`;
		if (this.strict) throw new PetrelError('PETREL_CONFIG', whole);
		this.skipped.add(reason);
		this.#onBad?.(whole);
	}

	/** The line or packet that is being read is no query. */
	passOver(reason: string): void {
		this.passedOver.add(reason);
	}

	/** Nothing behind this can be read. */
	fail(message: string, cause?: unknown): never {
		const place = this.read > 0 ? `${this.name}:${this.read}` : this.name;
		throw new PetrelError('PETREL_CONFIG', `${place}: ${message}`, { cause });
	}
}

/** A value for a message: in quotes, and not longer than a line. */
export function quoted(text: string): string {
	const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
	return JSON.stringify(shown);
}
