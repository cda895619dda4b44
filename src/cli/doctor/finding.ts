import type { LoadResult } from '../../config/load.ts';
import type { Model } from '../../config/model.ts';
import type { PlannedEndpoint } from '../../server/listen-plan.ts';
import type { MachineReader } from './reader.ts';

/** `note`: works, and could be better or may surprise. `problem`: petrel would not run, or not as it should. */
export type Level = 'ok' | 'note' | 'problem';

export interface Check {
	/** A name that stays: `open-files`. */
	readonly id: string;
	readonly level: Level;
	readonly text: string;
	/** What to do; only where there is something. */
	readonly todo?: string;
}

/** What a check may look at. */
export interface Patient {
	readonly reader: MachineReader;
	readonly cacheBytes: number;
	/** Undefined: petrel chooses. */
	readonly workers: number | undefined;
	/** The Corefile, if one was named, and where it listens. */
	readonly loaded: LoadResult | undefined;
	readonly model: Model | undefined;
	readonly endpoints: readonly PlannedEndpoint[];
	/** Interfaces that `bind` names and this machine does not have. */
	readonly unknown: readonly string[];
}

export type Examine = (patient: Patient) => readonly Check[];

export function ok(id: string, text: string): Check {
	return { id, level: 'ok', text };
}

export function note(id: string, text: string, todo: string): Check {
	return { id, level: 'note', text, todo };
}

export function problem(id: string, text: string, todo: string): Check {
	return { id, level: 'problem', text, todo };
}
