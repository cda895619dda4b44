/**
 * The highest rate at which a server keeps an objective. Rates are tried by doubling until one does not hold, then by
 * halving what lies between (in proportion, since a step of 1,000 means something else at 2,000 than at 200,000). The last
 * that held must hold again; if it does not, the search goes on below it.
 */
import type { Round, SearchResult, Trial } from './result.ts';

/** It is found when what lies between is less than so much of it. */
const precision = 0.05;
const maxTrials = 40;

export interface SearchOptions {
	readonly objective: string;
	readonly fromQps: number;
	/** No rate above is tried. */
	readonly maxQps: number;
	/** How often the result must hold, its first trial included. */
	readonly confirmations: number;
	readonly tryRate: (rateQps: number, number: number) => Promise<Round>;
	/** What a round did not keep; empty: it kept all. */
	readonly broken: (round: Round) => string[];
	readonly onTrial?: (trial: Trial) => void;
	readonly interrupted: () => boolean;
}

export async function searchHighestRate(options: SearchOptions): Promise<SearchResult> {
	const search = new Search(options);
	await search.run();
	return {
		objective: options.objective,
		trials: search.trials,
		bestQps: search.confirmedQps,
		generatorWasLimit: search.generatorWasLimit,
	};
}

class Search {
	readonly trials: Trial[] = [];
	confirmedQps = 0;
	generatorWasLimit = false;
	readonly #options: SearchOptions;
	/** The lowest rate that did not hold. */
	#aboveQps = Number.POSITIVE_INFINITY;

	constructor(options: SearchOptions) {
		this.#options = options;
	}

	async run(): Promise<void> {
		const { fromQps, maxQps } = this.#options;
		let heldQps = await this.#narrow(await this.#climb(Math.min(fromQps, maxQps)), (qps) => this.#holds(qps));
		if (heldQps === 0 || (await this.#holdsOften(heldQps, 1))) {
			this.confirmedQps = heldQps;
			return;
		}
		// Luck was in it: from here on every rate must hold as often as the result.
		heldQps = this.#highestHeldBelow(heldQps);
		while (heldQps > 0 && !this.#over && !(await this.#holdsOften(heldQps, 1))) {
			heldQps = this.#highestHeldBelow(heldQps);
		}
		this.confirmedQps = this.#isConfirmed(heldQps) ? heldQps : 0;
		if (this.confirmedQps === 0) return;
		this.confirmedQps = await this.#narrow(heldQps, (qps) => this.#holdsOften(qps, 0));
	}

	/** Halves what lies between the highest rate that held and the lowest that did not. */
	async #narrow(fromQps: number, holds: (rateQps: number) => Promise<boolean>): Promise<number> {
		let heldQps = fromQps;
		while (heldQps > 0 && !this.#over && this.#aboveQps / heldQps > 1 + precision) {
			const middleQps = Math.round(Math.sqrt(heldQps * this.#aboveQps));
			if (middleQps <= heldQps || middleQps >= this.#aboveQps) break;
			if (await holds(middleQps)) heldQps = middleQps;
		}
		return heldQps;
	}

	/** @param held how often it has held already */
	async #holdsOften(rateQps: number, held: number): Promise<boolean> {
		for (let times = held; times < this.#options.confirmations; times++) {
			if (this.#over || !(await this.#holds(rateQps))) return false;
		}
		return true;
	}

	#isConfirmed(rateQps: number): boolean {
		const held = this.trials.filter((trial) => trial.rateQps === rateQps && trial.kept);
		return held.length >= this.#options.confirmations;
	}

	get #over(): boolean {
		return this.#options.interrupted() || this.trials.length >= maxTrials;
	}

	/** Doubles the rate until it does not hold; or halves the first until it does. Returns the highest that held. */
	async #climb(fromQps: number): Promise<number> {
		const { maxQps } = this.#options;
		let rateQps = fromQps;
		let heldQps = 0;
		while (!this.#over && (await this.#holds(rateQps))) {
			heldQps = rateQps;
			if (rateQps >= maxQps) {
				this.#aboveQps = rateQps;
				return heldQps;
			}
			rateQps = Math.min(2 * rateQps, maxQps);
		}
		while (heldQps === 0 && rateQps > 1 && !this.#over) {
			rateQps = Math.max(1, Math.floor(rateQps / 2));
			if (await this.#holds(rateQps)) heldQps = rateQps;
		}
		return heldQps;
	}

	async #holds(rateQps: number): Promise<boolean> {
		let round = await this.#options.tryRate(rateQps, this.trials.length + 1);
		// A moment in which the machine did something else says nothing of the rate.
		if (round.void.length > 0 && !round.interrupted) {
			round = await this.#options.tryRate(rateQps, this.trials.length + 1);
		}
		const reasons = [...round.void, ...this.#options.broken(round)];
		const kept = reasons.length === 0 && !round.interrupted;
		const trial: Trial = { rateQps, round, kept, reasons };
		this.trials.push(trial);
		this.#options.onTrial?.(trial);
		if (!kept && rateQps <= this.#aboveQps) {
			this.#aboveQps = rateQps;
			this.generatorWasLimit = round.void.length > 0;
		}
		return kept;
	}

	/** Where the search goes on when a rate did not hold a second time. */
	#highestHeldBelow(rateQps: number): number {
		const failed = new Set(this.trials.filter(({ kept }) => !kept).map((trial) => trial.rateQps));
		const held = this.trials.filter(
			(trial) => trial.kept && trial.rateQps < rateQps && !failed.has(trial.rateQps),
		);
		return held.reduce((best, trial) => Math.max(best, trial.rateQps), 0);
	}
}
