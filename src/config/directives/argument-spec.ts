/** What an argument of a directive or option may be, and the values that were read. */
import type { Token } from '../syntax.ts';

/**
 * - `integer`: decimal
 * - `duration`: Go's form; `unit` says what the model counts in, and so what `min`, `max` and `default` are in
 * - `percent`: an integer with its %
 * - `zone`: a name, or an address range that stands for its reverse zones
 * - `choice`: one of `choices`
 * - `rcode`: an RCODE's mnemonic
 * - `word`: anything; the directive looks at it
 */
export type ArgumentKind = 'integer' | 'duration' | 'percent' | 'zone' | 'choice' | 'rcode' | 'word';

export interface ArgumentSpec {
	/** As in the syntax line: `TTL`. */
	readonly name: string;
	readonly kind: ArgumentKind;
	readonly text: string;
	readonly optional?: true;
	/** Takes all arguments that are left. */
	readonly many?: true;
	/** An optional argument that is present only if the word looks like it. */
	readonly onlyIf?: (word: string, before: Values) => boolean;
	readonly unit?: 's' | 'ms' | 'octets';
	/** Of a `duration`: a number without a unit is seconds. */
	readonly bareSeconds?: true;
	readonly min?: number;
	readonly max?: number;
	readonly default?: number | string;
	readonly choices?: readonly string[];
}

/** Arguments by the names of their specifications. An argument that was not given has no value. */
export class Values {
	private readonly numbers = new Map<string, number[]>();
	private readonly texts = new Map<string, string[]>();
	private readonly tokens = new Map<string, Token[]>();

	/** The value of an `integer`, `percent` or `duration`, the last in its unit. */
	number(name: string): number | undefined {
		return this.numbers.get(name)?.[0];
	}

	/** The values of an argument that takes many numbers or RCODEs. */
	allNumbers(name: string): number[] {
		return this.numbers.get(name) ?? [];
	}

	text(name: string): string | undefined {
		return this.texts.get(name)?.[0];
	}

	/** The values of an argument that takes many texts, or the zones of a `zone`. */
	allTexts(name: string): string[] {
		return this.texts.get(name) ?? [];
	}

	/** The words as they stand in the file. */
	words(name: string): Token[] {
		return this.tokens.get(name) ?? [];
	}

	add(name: string, word: Token, value: number | readonly string[]): void {
		append(this.tokens, name, word);
		if (typeof value === 'number') append(this.numbers, name, value);
		else for (const text of value) append(this.texts, name, text);
	}
}

function append<Value>(map: Map<string, Value[]>, name: string, value: Value): void {
	const list = map.get(name);
	if (list) list.push(value);
	else map.set(name, [value]);
}
