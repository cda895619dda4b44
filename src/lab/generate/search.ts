import { rrClass } from '../../wire/iana.ts';
import { nameToWire } from '../../wire/presentation.ts';
import { defaultZone, GeneratedNames } from '../../workload/generate/names.ts';
import { keyOf } from '../../workload/hash.ts';
import {
	expandSearch,
	kubernetesSearchList,
	lookupTypes,
	type SearchList,
} from '../../workload/search-list.ts';
import { Zipf } from '../../workload/zipf.ts';
import { NameTable } from '../simulate/name-table.ts';
import { AnswerMaker, type AnswerModel, usualAnswers } from './answer-model.ts';
import { batchesOf, type DnsStream, Draws } from './dns-stream.ts';

export interface SearchOptions {
	readonly requests: number;
	/** Of names that programs look up, at random times; each becomes several requests. */
	readonly lookupsPerSec: number;
	readonly names: number;
	/** Of Zipf's law. */
	readonly exponent: number;
	/** By default what the kubelet gives a pod. */
	readonly searchList?: SearchList;
	readonly answers?: AnswerModel;
	readonly seed: number;
}

/** One name as resolvers ask for it: keys in order, and how many of the first are denied. */
interface Lookup {
	readonly keys: readonly number[];
	readonly denied: number;
}

/**
 * Names outside a cluster, by Zipf's law, looked up by way of a search list: each candidate for A and AAAA, NXDOMAIN until
 * the name as it is. In Kubernetes three requests of four are NXDOMAIN.
 */
export function searchStream(options: SearchOptions): DnsStream {
	const { requests, lookupsPerSec, seed } = options;
	const names = new NameTable();
	const lookups = makeLookups(options, names);
	const maker = new AnswerMaker(names, options.answers ?? { ...usualAnswers, deniedShare: 0 }, seed);
	const zipf = new Zipf(options.names, options.exponent);
	return {
		names,
		requests,
		*batches() {
			const draws = new Draws(keyOf(seed, 0), lookupsPerSec);
			yield* batchesOf(requests, (builder) => {
				const atMs = draws.arrive();
				const { keys, denied } = lookups[zipf.draw(draws.random)];
				for (let i = 0; i < keys.length; i++) {
					if (i < denied) maker.add(builder, atMs, keys[i], true);
					else maker.add(builder, atMs, keys[i]);
				}
			});
		},
	};
}

function makeLookups(options: SearchOptions, names: NameTable): Lookup[] {
	const { searchList = kubernetesSearchList() } = options;
	const outside = new GeneratedNames(defaultZone, options.names);
	const lookups: Lookup[] = [];
	for (let i = 1; i <= options.names; i++) {
		const text = outside.text(i).slice(0, -1);
		const wire = nameToWire(text);
		const asked = expandSearch(text, searchList, (candidate) => Buffer.compare(candidate, wire) === 0);
		const keys = asked.flatMap((name) => lookupTypes.map((type) => names.number(name, type, rrClass.IN, 0)));
		lookups.push({ keys, denied: keys.length - lookupTypes.length });
	}
	return lookups;
}
