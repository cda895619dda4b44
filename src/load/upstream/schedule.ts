import { PetrelError } from '../../util/errors.ts';

export interface Phase {
	readonly forMs: number;
	/** While false, no query is answered. */
	readonly up: boolean;
}

/** Phases of up and down that repeat for ever. */
export class Schedule {
	readonly #phases: readonly Phase[];
	readonly #startMs: number;
	readonly #roundMs: number;

	/** @param startMs when the first phase begins; before it, the schedule is taken to have run for ever */
	constructor(phases: readonly Phase[], startMs: number) {
		if (phases.length === 0) throw new PetrelError('PETREL_CONFIG', 'a schedule needs at least one phase');
		for (const phase of phases) {
			if (!(phase.forMs > 0)) {
				throw new PetrelError('PETREL_CONFIG', `schedule: forMs is ${phase.forMs}; it must be above 0`);
			}
		}
		this.#phases = phases;
		this.#startMs = startMs;
		this.#roundMs = phases.reduce((sum, phase) => sum + phase.forMs, 0);
	}

	isUp(nowMs: number): boolean {
		const sinceStartMs = (nowMs - this.#startMs) % this.#roundMs;
		let leftMs = sinceStartMs < 0 ? sinceStartMs + this.#roundMs : sinceStartMs;
		for (const phase of this.#phases) {
			if (leftMs < phase.forMs) return phase.up;
			leftMs -= phase.forMs;
		}
		return this.#phases[0].up;
	}
}
