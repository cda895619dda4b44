/** The words of a step, taken one by one. What is missing or left over is an error. */
export class Words {
	readonly #words: readonly string[];
	#next = 0;

	constructor(words: readonly string[]) {
		this.#words = words;
	}

	get more(): boolean {
		return this.#next < this.#words.length;
	}

	/** The next word, if there is one. */
	take(): string | undefined {
		return this.#words[this.#next++];
	}

	next(what: string): string {
		if (!this.more) throw new Error(`${what} is missing`);
		return this.#words[this.#next++];
	}

	number(what: string): number {
		const word = this.next(what);
		if (!/^\d+(?:\.\d+)?$/.test(word)) throw new Error(`${what} was expected, not "${word}"`);
		return Number(word);
	}

	expect(word: string): void {
		const got = this.next(word);
		if (got !== word) throw new Error(`${word} was expected, not "${got}"`);
	}

	oneOf(words: readonly string[]): string {
		const got = this.next(words.join(' or '));
		if (!words.includes(got)) throw new Error(`${words.join(' or ')} was expected, not "${got}"`);
		return got;
	}

	rest(): string[] {
		const rest = this.#words.slice(this.#next);
		this.#next = this.#words.length;
		return rest;
	}

	end(): void {
		if (this.more) throw new Error(`"${this.#words[this.#next]}" is one word too many`);
	}
}
