import { systemClock } from '../../util/clock.ts';
import { PetrelError } from '../../util/errors.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import type { Requests } from '../simulate/requests.ts';
import { Simulation } from '../simulate/simulation.ts';
import { releasedBytes } from './held-memory.ts';
import { openRun } from './open-run.ts';
import { controlWord, type RunOutcome, type RunSpec, type RunSurroundings } from './run-plan.ts';

export const interruptedProblem = 'it was ended before it was through';

/** A policy at a size, run batch by batch in this thread. */
export class OneRun {
	readonly #control: Int32Array;
	readonly #clock = systemClock(0);
	#simulation: Simulation | undefined;
	#problem: string | undefined;
	#elapsedMs = 0;

	constructor(spec: RunSpec, around: RunSurroundings, names: KeyNames | undefined) {
		this.#control = around.control;
		try {
			this.#simulation = new Simulation(openRun(spec, around, names), around.simulation);
		} catch (thrown) {
			if (!(thrown instanceof PetrelError)) throw thrown;
			this.#problem = thrown.message;
		}
	}

	run(batch: Requests): void {
		if (this.#simulation !== undefined) {
			if (Atomics.load(this.#control, controlWord.stop) !== 0) {
				this.#simulation = undefined;
				this.#problem = interruptedProblem;
				return;
			}
			const beganMs = this.#clock.nowMs();
			this.#simulation.run(batch);
			this.#elapsedMs += this.#clock.nowMs() - beganMs;
		}
		Atomics.add(this.#control, controlWord.done, 1);
	}

	/** Lets go of the simulation, to see how much it held. */
	async end(): Promise<RunOutcome> {
		const beganMs = this.#clock.nowMs();
		const result = this.#simulation?.result();
		const elapsedSec = (this.#elapsedMs + this.#clock.nowMs() - beganMs) / 1000;
		const problem = this.#problem;
		if (result === undefined) return { result, problem, elapsedSec, heldBytes: Number.NaN };
		const heldBytes = await releasedBytes(() => {
			this.#simulation = undefined;
		});
		return { result, problem, elapsedSec, heldBytes };
	}
}
