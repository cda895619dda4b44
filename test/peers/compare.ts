/** Two servers' observations of the same steps, compared: what differs, row by row. */
import type { Observation } from './observation.ts';

/** Observations by the step's label. */
export type Steps = ReadonlyMap<string, Observation>;

export interface Difference {
	/** "T21". */
	readonly test: string;
	readonly step: string;
	readonly field: string;
	readonly coredns: string;
	readonly petrel: string;
}

/** TTLs that the passing of time alone may set apart, in seconds. */
const ttlToleranceSec = 1;

function sameTtls(a: string, b: string): boolean {
	const [first, second] = [a.split(' '), b.split(' ')];
	return (
		first.length === second.length &&
		first.every((text, i) => {
			const [type, ttl] = text.split(':');
			const [otherType, otherTtl] = second[i].split(':');
			return type === otherType && Math.abs(Number(ttl) - Number(otherTtl)) <= ttlToleranceSec;
		})
	);
}

/** What only follows from something else that differs already. */
function follows(field: string, a: Observation, b: Observation): boolean {
	if (a.get('reply') !== b.get('reply'))
		return !field.startsWith('upstream') && field !== 'reply' && field !== 'time';
	const section = / ttl$/.test(field) ? field.slice(0, -4) : undefined;
	if (section !== undefined) return a.get(section) !== b.get(section);
	return field === 'opt options' && a.get('opt') !== b.get('opt');
}

function compareStep(test: string, step: string, coredns: Observation, petrel: Observation): Difference[] {
	const fields = new Set([...coredns.keys(), ...petrel.keys()]);
	return [...fields].flatMap((field) => {
		const [a, b] = [coredns.get(field) ?? 'nothing', petrel.get(field) ?? 'nothing'];
		const same = field.endsWith(' ttl') ? sameTtls(a, b) : a === b;
		return same || follows(field, coredns, petrel) ? [] : [{ test, step, field, coredns: a, petrel: b }];
	});
}

export function compareSteps(test: string, coredns: Steps, petrel: Steps): Difference[] {
	const nothing: Observation = new Map();
	const steps = new Set([...coredns.keys(), ...petrel.keys()]);
	return [...steps].flatMap((step) =>
		compareStep(test, step, coredns.get(step) ?? nothing, petrel.get(step) ?? nothing),
	);
}

export function rowText({ test, step, field, coredns, petrel }: Difference): string {
	return `${test}: ${step}: ${field}: coredns ${coredns}, petrel ${petrel}`;
}
