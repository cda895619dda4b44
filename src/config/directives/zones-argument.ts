import type { ArgumentSpec } from './spec.ts';

/** `[ZONES...]` of a directive: those of its server block where none are named. */
export function zonesArgument(text: string): ArgumentSpec & { readonly name: 'ZONES' } {
	return { name: 'ZONES', kind: 'zone', optional: true, many: true, default: 'those of the block', text };
}
