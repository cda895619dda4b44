/** Figures beside what they should be, as a table, and how many are outside of what is allowed. */
export class Findings {
	readonly #print: (line: string) => void;
	#outside = 0;

	constructor(print: (line: string) => void) {
		this.#print = print;
	}

	get outside(): number {
		return this.#outside;
	}

	begin(title: string): void {
		this.#print(`\n${title}\n`);
		this.#print('| | expected | reported | difference | allowed | |');
		this.#print('| --- | --- | --- | --- | --- | --- |');
	}

	/** @param allowed how far the two may lie apart, in the same unit */
	compare(what: string, unit: string, expected: number, reported: number, allowed: number): void {
		const difference = reported - expected;
		const sign = difference < 0 ? '−' : '+';
		const digits = Number.isInteger(expected) && Number.isInteger(reported) ? 0 : 2;
		const text = (value: number): string => value.toFixed(digits);
		const cells = [
			what,
			`${text(expected)} ${unit}`,
			`${text(reported)} ${unit}`,
			`${sign}${text(Math.abs(difference))}`,
			`±${text(allowed)}`,
		];
		this.#row(cells, Math.abs(difference) <= allowed);
	}

	/** What is so, or is not. */
	state(what: string, expected: string, reported: string, holds: boolean): void {
		this.#row([what, expected, reported, '', ''], holds);
	}

	/** A figure that nobody judges, beside what its reader might take it for. */
	show(what: string, expected: string, reported: string): void {
		this.#print(`| ${what} | ${expected} | ${reported} | | | |`);
	}

	#row(cells: readonly string[], holds: boolean): void {
		if (!holds) this.#outside++;
		this.#print(`| ${cells.join(' | ')} | ${holds ? 'ok' : 'OUTSIDE'} |`);
	}
}
