import { PetrelError } from '../../util/errors.ts';

/**
 * What a server does in a phase: it answers, it is gone, it answers SERVFAIL, or it stands still: then queries wait for the
 * phase to end, and all that is due meanwhile leaves at its end, as from a server whose process was stopped.
 */
export const phaseStates = ['up', 'down', 'stall', 'servfail'] as const;
export type PhaseState = (typeof phaseStates)[number];

export interface Phase {
	readonly forMs: number;
	readonly state: PhaseState;
}

/** Phases that repeat for ever. */
export class Schedule {
	readonly #phases: readonly Phase[];
	readonly #roundMs: number;
	readonly #stalls: boolean;
	#startMs: number | undefined;
	/** Of the phase that was asked for last: when it began and ends. */
	#fromMs = Number.POSITIVE_INFINITY;
	#toMs = Number.NEGATIVE_INFINITY;
	#state: PhaseState = 'up';

	/**
	 * @param startMs when the first phase begins; before it, the schedule is taken to have run for ever. undefined: at the
	 *   first time that it is asked for
	 */
	constructor(phases: readonly Phase[], startMs?: number) {
		if (phases.length === 0) throw new PetrelError('PETREL_CONFIG', 'a schedule needs at least one phase');
		for (const phase of phases) {
			if (!(phase.forMs > 0)) {
				throw new PetrelError('PETREL_CONFIG', `schedule: forMs is ${phase.forMs}; it must be above 0`);
			}
		}
		this.#phases = phases;
		this.#startMs = startMs;
		this.#roundMs = phases.reduce((sum, phase) => sum + phase.forMs, 0);
		this.#stalls = phases.some(({ state }) => state === 'stall');
		if (phases.every(({ state }) => state === 'stall')) {
			throw new PetrelError(
				'PETREL_CONFIG',
				'a schedule needs a phase that is no stall, or nothing ever leaves',
			);
		}
	}

	stateAt(nowMs: number): PhaseState {
		if (nowMs < this.#fromMs || nowMs >= this.#toMs) this.#seek(nowMs);
		return this.#state;
	}

	/** The end of the stall that a time falls in; the time itself if it falls in none. */
	#stallEndMs(atMs: number): number {
		// Stalls may follow each other.
		for (let i = 0; i < this.#phases.length && this.stateAt(atMs) === 'stall'; i++) atMs = this.#toMs;
		return atMs;
	}

	/**
	 * How long after `nowMs` an answer leaves that takes `afterMs`: a query that comes in a stall is taken at its end, and
	 * what would leave in one leaves at its end.
	 */
	leavesAfterMs(nowMs: number, afterMs: number): number {
		if (!this.#stalls) return afterMs;
		const takenMs = this.#stallEndMs(nowMs);
		const dueMs = takenMs + afterMs;
		const leavesMs = this.#stallEndMs(dueMs);
		return leavesMs === nowMs + afterMs ? afterMs : leavesMs - nowMs;
	}

	#seek(nowMs: number): void {
		this.#startMs ??= nowMs;
		const sinceStartMs = (nowMs - this.#startMs) % this.#roundMs;
		let fromMs = nowMs - (sinceStartMs < 0 ? sinceStartMs + this.#roundMs : sinceStartMs);
		for (const { forMs, state } of this.#phases) {
			this.#fromMs = fromMs;
			this.#toMs = fromMs + forMs;
			this.#state = state;
			// By rounding alone a time can be behind them all: then the last phase holds.
			if (nowMs < this.#toMs) return;
			fromMs = this.#toMs;
		}
	}
}
