import type { LoadWatcher } from '../../load/conductor.ts';
import { renderInterval, renderLive } from '../../load/report/live.ts';
import type { Target } from '../../load/target.ts';
import type { OutputOptions } from './output-options.ts';

/** Where the lines go: stderr, of which `isTTY` says whether somebody looks. */
export interface LiveStream {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

export interface LiveOptions extends Pick<OutputOptions, 'intervals' | 'quiet'> {
	readonly targets: readonly Target[];
	/** Warm-up and all of a round; undefined: it has no end by time. */
	readonly totalSec: number | undefined;
	readonly rounds: number;
}

const clearLine = '\r\x1b[K';
const defaultColumns = 80;

/** One line that repaints itself on a terminal, and a line for each second or trial. */
export class Live implements LoadWatcher {
	readonly onInterval?: LoadWatcher['onInterval'];
	readonly onLive?: LoadWatcher['onLive'];
	readonly onTrial?: LoadWatcher['onTrial'];
	readonly #stream: LiveStream;
	readonly #options: LiveOptions;
	#painted = false;
	#lost = 0;
	#round = '';

	constructor(options: LiveOptions, stream: LiveStream, ci: boolean) {
		this.#stream = stream;
		this.#options = options;
		if (options.intervals) {
			this.onInterval = (target, _round, interval) =>
				this.#say(this.#named(target, renderInterval(interval)));
		}
		if (!options.quiet) {
			this.onTrial = (target, { rateQps, kept, reasons }) => {
				const verdict = kept ? 'kept' : `not kept: ${reasons.join('; ')}`;
				this.#say(this.#named(target, `${rateQps.toLocaleString('en')}/s ${verdict}`));
			};
		}
		if (!options.quiet && stream.isTTY === true && !ci) this.onLive = this.#paint;
	}

	/** Takes the painted line away. */
	end(): void {
		if (this.#painted) this.#stream.write(clearLine);
		this.#painted = false;
	}

	readonly #paint: NonNullable<LoadWatcher['onLive']> = (target, recent, elapsedSec, round) => {
		const { rounds, totalSec } = this.#options;
		const label = rounds > 1 ? `${target.text}, round ${round} of ${rounds}` : target.text;
		if (label !== this.#round) this.#lost = 0;
		this.#round = label;
		this.#lost += recent.slots.lost;
		const columns = (this.#stream.columns ?? defaultColumns) - 1;
		const line = renderLive({ label, elapsedSec, totalSec, recent, recentSec: 1, lost: this.#lost }, columns);
		this.#stream.write(`${clearLine}${line}`);
		this.#painted = true;
	};

	#say(line: string): void {
		this.end();
		this.#stream.write(`${line}\n`);
	}

	#named(target: Target, line: string): string {
		return this.#options.targets.length > 1 ? `${target.text}  ${line}` : line;
	}
}
