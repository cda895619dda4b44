import { typeName } from '../wire/iana.ts';
import type { PlanOptions } from './plan-options.ts';
import type { SearchList } from './search-list.ts';

/**
 * A workload in words.
 *
 * @param what the names or queries: "1,000 names below petrel.example."
 */
export function describe(what: string, timed: boolean, options: PlanOptions): string {
	const { types, prefix, edns, recursionDesired, searchList } = options;
	const parts = [drawText(what, timed, options)];
	if (searchList) parts.push(searchText(searchList));
	else if (types) parts.push(typesText(types));
	if (prefix) parts.push('each with a new label in front');
	if (edns) parts.push(`EDNS ${edns.udpPayloadBytes}${edns.dnssecOk ? ' with DO' : ''}`);
	if (recursionDesired === false) parts.push('without RD');
	return parts.join(', ');
}

function drawText(what: string, timed: boolean, { draw = { kind: 'in-order' } }: PlanOptions): string {
	switch (draw.kind) {
		case 'in-order': {
			const repeated = (draw.repeat ?? !timed) ? 'over and over' : 'once';
			return `${what}, in order, ${repeated}${timed ? ', at their own times' : ''}`;
		}
		case 'uniform':
			return `drawn evenly from ${what}`;
		case 'zipf':
			return `Zipf ${draw.exponent} over ${what}`;
		case 'hit-ratio':
			return `${Number((draw.hitRatio * 100).toFixed(3))} % known from ${what}, the rest new`;
	}
}

function searchText({ domains, ndots }: SearchList): string {
	return `looked up with ${domains.length} search ${domains.length === 1 ? 'domain' : 'domains'} and ndots ${ndots}`;
}

function typesText(types: readonly number[]): string {
	const names = types.map(typeName);
	if (names.length === 1) return names[0];
	return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} in turn`;
}
