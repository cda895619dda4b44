import { flag } from '../../wire/header.ts';
import type { Behaviour } from './behaviour.ts';

/** More records than this are made the long way. */
const quickRecordsMax = 64;

/** What the quick way needs of a behaviour. */
export interface QuickPlan {
	/** False: only the long way can do this. */
	readonly quick: boolean;
	readonly behaviour: Readonly<Behaviour>;
	/** AA, RA and AD of an answer, and of one with an error. */
	readonly flags: number;
	readonly errorFlags: number;
}

function isQuick(behaviour: Readonly<Behaviour>): boolean {
	const { sizeBytes, count, cname, bogus, noEdns, fault, damage, twice } = behaviour;
	const wholesome = (fault === 'none' || fault === 'silent') && damage === 'none' && !twice;
	return wholesome && sizeBytes === 0 && count <= quickRecordsMax && !cname && !bogus && !noEdns;
}

export function quickPlan(behaviour: Readonly<Behaviour>): QuickPlan {
	const errorFlags = (behaviour.ra ? flag.ra : 0) | (behaviour.ad ? flag.ad : 0);
	return {
		quick: isQuick(behaviour),
		behaviour,
		flags: errorFlags | (behaviour.aa ? flag.aa : 0),
		errorFlags,
	};
}
