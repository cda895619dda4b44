import { PetrelError } from '../util/errors.ts';
import { rrClass, rrType } from '../wire/iana.ts';
import { nameToWire } from '../wire/presentation.ts';
import { describe } from './describe-workload.ts';
import type { EncodedFields } from './encode-query.ts';
import { defaultZone, GeneratedNames } from './generate/names.ts';
import type { PlanOptions } from './plan-options.ts';
import { Planner } from './planner.ts';
import { querySetLimits } from './query-set.ts';
import type { Workload } from './workload.ts';

export interface GeneratedOptions extends PlanOptions {
	/** From 1: n1, n2, … */
	readonly names: number;
	/** Where they lie; default "petrel.example.". */
	readonly zone?: string;
}

const plain: EncodedFields = { qclass: rrClass.IN, recursionDesired: true, edns: undefined };

/** A workload of names that are made up. Throws `PETREL_CONFIG` for options that cannot be. */
export function planWorkload(options: GeneratedOptions): Workload {
	const { names, zone = defaultZone, types = [rrType.A], searchList, draw } = options;
	const max = (options.limits ?? querySetLimits).queries;
	const perName = searchList ? 2 : types.length;
	if (!Number.isInteger(names) || names < 1 || names * perName > max) {
		const each = perName === 1 ? '' : ` with ${perName} types each`;
		const most = Math.floor(max / perName).toLocaleString('en');
		throw new PetrelError(
			'PETREL_CONFIG',
			`${names.toLocaleString('en')} names${each}: write a whole number from 1 to ${most}`,
		);
	}
	const planner = new Planner(searchList ? options : { ...options, types });
	const generated = new GeneratedNames(zone, names);
	for (let number = 1; number <= names; number++) {
		planner.add(generated.wire(number), rrType.A, plain, Number.NaN, false);
	}
	const templates = draw?.kind === 'hit-ratio' ? types.length : 0;
	if (templates > 0) planner.addTemplate(nameToWire(generated.zone), types, plain);
	const what = `${names.toLocaleString('en')} ${names === 1 ? 'name' : 'names'} below ${generated.zone}`;
	return planner.finish(false, templates, describe(what, false, { ...options, types }));
}
