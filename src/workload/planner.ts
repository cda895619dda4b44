import { PetrelError } from '../util/errors.ts';
import { maxNameBytes } from '../wire/name.ts';
import { nameToText } from '../wire/presentation.ts';
import { buildAliasTable } from './alias-table.ts';
import type { EncodedFields } from './encode-query.ts';
import { FoundNames } from './found-names.ts';
import { ownLabelBytes } from './own-label.ts';
import { checkPlanOptions, type PlanOptions } from './plan-options.ts';
import { QuerySetBuilder } from './query-set-builder.ts';
import { expandSearch, lookupTypes } from './search-list.ts';
import type { Draw, PopularityDraw, Workload } from './workload.ts';
import { zipfWeights } from './zipf.ts';

/** Takes names one after the other and makes a `Workload` of them. */
export class Planner {
	readonly #options: PlanOptions;
	readonly #builder: QuerySetBuilder;
	readonly #found: FoundNames | undefined;
	/** Names may get a label in front. */
	readonly #maxNameBytes: number;
	/** Where the queries of each name begin, if a search list makes them. */
	readonly #lookups: number[] = [];
	#names = 0;

	constructor(options: PlanOptions) {
		checkPlanOptions(options);
		this.#options = options;
		this.#builder = new QuerySetBuilder(options.limits);
		this.#found = options.searchList && new FoundNames(options.searchList.found);
		const labelled = options.prefix === true || options.draw?.kind === 'hit-ratio';
		this.#maxNameBytes = maxNameBytes - (labelled ? ownLabelBytes : 0);
	}

	get names(): number {
		return this.#names;
	}

	/**
	 * Adds a name with its queries.
	 *
	 * @param qname wire form; not kept
	 * @param qtype unless the options have types
	 * @param atMs NaN: it has no time
	 * @param absolute it is not expanded by the search list
	 */
	add(qname: Uint8Array, qtype: number, fields: EncodedFields, atMs: number, absolute: boolean): void {
		if (qname.length > this.#maxNameBytes) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`name "${nameToText(qname)}" takes ${qname.length} octets; with a label of ${ownLabelBytes} octets in front of it ${this.#maxNameBytes} are allowed`,
			);
		}
		const own = this.#withOptions(fields);
		this.#names++;
		if (this.#found !== undefined) this.#addLookup(qname, own, atMs, absolute);
		else if (this.#options.types === undefined) this.#builder.add(qname, qtype, own, atMs);
		else for (const type of this.#options.types) this.#builder.add(qname, type, own, atMs);
	}

	/** Adds what is no name of the workload, but of which names are made: the last. */
	addTemplate(qname: Uint8Array, types: readonly number[], fields: EncodedFields): void {
		for (const type of types) this.#builder.add(qname, type, this.#withOptions(fields));
	}

	#withOptions({ qclass, recursionDesired, edns }: EncodedFields): EncodedFields {
		return {
			qclass,
			recursionDesired: this.#options.recursionDesired ?? recursionDesired,
			edns: this.#options.edns ?? edns,
		};
	}

	#addLookup(qname: Uint8Array, fields: EncodedFields, atMs: number, absolute: boolean): void {
		const found = this.#found!;
		const text = nameToText(qname);
		// The root is absolute as it is.
		const written = absolute || text === '.' ? text : text.slice(0, -1);
		this.#lookups.push(this.#builder.count);
		for (const candidate of expandSearch(written, this.#options.searchList!, (name) => found.has(name))) {
			for (const type of lookupTypes) this.#builder.add(candidate, type, fields, atMs);
		}
	}

	/**
	 * @param timed the queries have times and are due at them
	 * @param templates how many queries at the end of the set are templates; 0: every query is one, should any be needed
	 * @param text see `Workload`
	 */
	finish(timed: boolean, templates: number, text: string): Workload {
		const known = this.#builder.count - templates;
		const draw = this.#draw(timed, known, templates);
		return { set: this.#builder.finish(), draw, prefix: this.#options.prefix ?? false, timed, text };
	}

	#draw(timed: boolean, known: number, templates: number): Draw {
		const draw = this.#options.draw ?? { kind: 'in-order' };
		const typesPerName = this.#options.types?.length ?? 1;
		switch (draw.kind) {
			case 'in-order':
				return { kind: 'in-order', repeat: draw.repeat ?? !timed };
			case 'hit-ratio':
				return {
					kind: 'hit-ratio',
					hitRatio: draw.hitRatio,
					known,
					typesPerName,
					firstTemplate: templates === 0 ? 0 : known,
					templates: templates === 0 ? known : templates,
				};
			case 'uniform':
			case 'zipf':
				return this.#popularity(draw.kind === 'zipf' ? draw.exponent : 0, typesPerName);
		}
	}

	#popularity(exponent: number, typesPerName: number): PopularityDraw {
		const aliases = exponent === 0 ? undefined : buildAliasTable(zipfWeights(this.#names, exponent));
		return {
			kind: exponent === 0 ? 'uniform' : 'zipf',
			names: this.#names,
			typesPerName,
			lookups: this.#found && this.#sharedLookups(),
			exponent,
			aliases,
		};
	}

	#sharedLookups(): SharedArrayBuffer {
		const buffer = new SharedArrayBuffer((this.#lookups.length + 1) * 4);
		const shared = new Uint32Array(buffer);
		shared.set(this.#lookups);
		shared[this.#lookups.length] = this.#builder.count;
		return buffer;
	}
}
