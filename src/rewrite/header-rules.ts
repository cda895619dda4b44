import type { Counters } from '../metrics/hot/counters.ts';
import { flag } from '../wire/header.ts';

/**
 * Header rules, compiled to two masks: `(flags & keep) | set`. The rules of a server block run in file order and the
 * last one for a flag wins, so the order is worked out once and a reply pays two operations, rules or none.
 */
export interface HeaderMasks {
	readonly keep: number;
	readonly set: number;
	/** Where it is counted when they changed a reply's flags. */
	readonly counters: Counters | undefined;
}

export interface FlagRule {
	readonly action: 'set' | 'clear';
	readonly flags: readonly ('aa' | 'ra' | 'rd' | 'ad' | 'cd')[];
}

export function compileHeaderRules(rules: readonly FlagRule[], counters?: Counters): HeaderMasks {
	let set = 0;
	let clear = 0;
	for (const rule of rules) {
		for (const name of rule.flags) {
			const bit = flag[name];
			set = rule.action === 'set' ? set | bit : set & ~bit;
			clear = rule.action === 'clear' ? clear | bit : clear & ~bit;
		}
	}
	return { keep: 0xffff & ~clear, set, counters };
}

export function applyHeaderMasks(flags: number, masks: HeaderMasks): number {
	return (flags & masks.keep) | masks.set;
}
