import type { Behaviour } from './behaviour.ts';
import type { Delay } from './delay.ts';

/** The kinds of rows in the table of labels. */
export type Effect = (behaviour: Behaviour) => void;

export interface LabelRow {
	readonly letters: string;
	/** The label as somebody would write it. */
	readonly example: string;
	readonly help: string;
	/** What the label with this argument does; undefined if it makes no sense. */
	readonly read: (argument: string) => Effect | undefined;
}

function lettersOf(example: string): string {
	return /^[a-z]+/.exec(example)![0];
}

/** A label without an argument. */
export function word(letters: string, help: string, effect: Effect): LabelRow {
	return { letters, example: letters, help, read: (argument) => (argument === '' ? effect : undefined) };
}

/** A label with a whole number from `min` to `max`. */
export function counted(
	example: string,
	[min, max]: readonly [number, number],
	help: string,
	apply: (behaviour: Behaviour, value: number) => void,
): LabelRow {
	const read = (argument: string): Effect | undefined => {
		const value = Number(argument);
		const fits = /^\d{1,10}$/.test(argument) && value >= min && value <= max;
		return fits ? (behaviour) => apply(behaviour, value) : undefined;
	};
	return { letters: lettersOf(example), example, help, read };
}

/** A label whose argument `parse` reads. */
export function parsedBy<T>(
	example: string,
	help: string,
	parse: (argument: string) => T | undefined,
	apply: (behaviour: Behaviour, value: T) => void,
): LabelRow {
	const read = (argument: string): Effect | undefined => {
		const value = parse(argument);
		return value === undefined ? undefined : (behaviour) => apply(behaviour, value);
	};
	return { letters: lettersOf(example), example, help, read };
}

export function delayed(
	example: string,
	help: string,
	parse: (argument: string) => Delay | undefined,
): LabelRow {
	return parsedBy(example, help, parse, (behaviour, delay) => void (behaviour.delay = delay));
}

/** A label for an RCODE without records. */
export function error(letters: string, code: number, help: string): LabelRow {
	return word(letters, help, (behaviour) => {
		behaviour.outcome = 'error';
		behaviour.rcode = code;
	});
}

/** A label for an answer without data of the type. */
export function negative(
	letters: string,
	help: string,
	outcome: 'nxdomain' | 'nodata',
	soa: boolean,
	cname: boolean,
): LabelRow {
	return word(letters, help, (behaviour) => {
		behaviour.outcome = outcome;
		behaviour.soa = soa;
		if (cname) behaviour.cname = true;
	});
}
