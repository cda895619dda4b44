import type { Clock } from '../../util/clock.ts';

/**
 * Rendering has at most so much of the main thread's time: with what else a scrape takes,
 * queries that meet it on a core are less than a hundredth.
 */
const share = 1 / 1000;
/** A scrape waits no longer than this for its turn, however slow the machine is. */
const waitMaxMs = 5000;

export interface PaceOptions<Text> {
	readonly clock: Clock;
	/** What a scrape needs that is gathered beside other work; not counted as rendering. */
	prepare(): Promise<void>;
	/** @param lastMs how long the last rendering took; undefined: this is the first */
	render(lastMs: number | undefined): Promise<Text>;
	/** How much of the last rendering was work, in milliseconds; unless given, all of it was. */
	readonly workMs?: () => number;
	/** Calls back later. Injected by tests. */
	readonly later?: (delayMs: number, callback: () => void) => void;
}

/**
 * Lets scrapes come as fast as they like: after a rendering that took 2 ms the next begins 2 s after that began, and
 * whoever asked meanwhile shares it. No text is older than the question for it.
 */
export class PacedRender<Text> {
	readonly #options: PaceOptions<Text>;
	/** The rendering that has not begun, with all who wait for it. */
	#next: Promise<Text> | undefined;
	/** The rendering under way, or the last one. */
	#current: Promise<unknown> = Promise.resolve();
	#earliestMs = Number.NEGATIVE_INFINITY;
	#lastMs: number | undefined;

	constructor(options: PaceOptions<Text>) {
		this.#options = options;
	}

	scrape(): Promise<Text> {
		return (this.#next ??= this.#renderInTurn());
	}

	async #renderInTurn(): Promise<Text> {
		const { clock, later = laterByTimer } = this.#options;
		await this.#current;
		const waitMs = this.#earliestMs - clock.nowMs();
		if (waitMs > 0) await new Promise<void>((resolve) => later(Math.min(waitMs, waitMaxMs), resolve));
		// Who asks from now on would get a text that is older than the question.
		this.#next = undefined;
		const rendering = this.#render();
		this.#current = rendering.catch(() => {});
		return rendering;
	}

	async #render(): Promise<Text> {
		const { clock, prepare, render, workMs } = this.#options;
		await prepare();
		const startMs = clock.nowMs();
		try {
			return await render(this.#lastMs);
		} finally {
			this.#lastMs = workMs?.() ?? clock.nowMs() - startMs;
			this.#earliestMs = startMs + Math.min(this.#lastMs / share, waitMaxMs);
		}
	}
}

function laterByTimer(delayMs: number, callback: () => void): void {
	setTimeout(callback, delayMs).unref();
}
