import type { Tally, Trace } from '../../workload/read/open-trace.ts';

/** Bad lines that are told one by one: more would bury what was said before. */
const toldMax = 3;

/** Tells what a file of queries or a trace held that is not asked. */
export class ReadNotes {
	readonly #say: (line: string) => void;
	#told = 0;

	constructor(say: (line: string) => void) {
		this.#say = say;
	}

	/** @param message with file and line */
	bad(message: string): void {
		if (this.#told++ < toldMax) this.#say(message);
	}

	end(source: string, { read, skipped, passedOver, outOfOrder }: Trace): void {
		const of = (count: number): string =>
			`${source}: ${count.toLocaleString('en')} of ${read.toLocaleString('en')}`;
		if (skipped.count > 0) {
			this.#say(`${of(skipped.count)} could not be read and are left out (${reasonsOf(skipped)})`);
		}
		if (passedOver.count > 0) this.#say(`${of(passedOver.count)} are no queries (${reasonsOf(passedOver)})`);
		if (outOfOrder > 0) this.#say(`${of(outOfOrder)} came long after later ones, and were put in order`);
	}
}

function reasonsOf({ reasons }: Tally): string {
	return [...reasons].map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`).join(', ');
}
