import { PetrelError } from '../../util/errors.ts';
import { type Phase, type PhaseState, phaseStates } from './schedule.ts';

const msOf: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function readPhase(text: string): Phase {
	const [word = '', duration = '', ...more] = text.trim().split(/\s+/);
	const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(duration);
	const state = phaseStates.find((known): known is PhaseState => known === word.toLowerCase());
	if (!state || !match || more.length > 0 || Number(match[1]) === 0) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`"${text.trim()}" is not a phase of a schedule; write ${phaseStates.join(', ')} and for how long, as in "up 10s, down 5s"`,
		);
	}
	return { forMs: Number(match[1]) * msOf[match[2]], state };
}

/** Phases as text: "up 10s, down 5s, stall 1s". They repeat for ever. Throws a `PetrelError` for what it cannot read. */
export function parseSchedule(text: string): Phase[] {
	return text.split(',').map(readPhase);
}
