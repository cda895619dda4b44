import type { WeightedName } from '../config/model/rewriting.ts';
import { ZoneTable } from '../forward/zone-table.ts';
import { nameToWire } from '../wire/presentation.ts';

/** Of an address that no line names. */
const normalWeight = 1;

interface OwnWeights {
	readonly name: Uint8Array;
	/** 4 or 16 octets each. */
	readonly addresses: readonly Uint8Array[];
	readonly weights: readonly number[];
}

/** The weights of `loadbalance weighted`: how often each address of a name is to be the first. */
export class Weights {
	readonly #names: ZoneTable<OwnWeights>;

	constructor(names: readonly WeightedName[]) {
		this.#names = new ZoneTable(
			names.map(({ name, addresses }) => {
				const own: OwnWeights = {
					name: nameToWire(name),
					addresses: addresses.map(({ octets }) => Uint8Array.from(octets)),
					weights: addresses.map(({ weight }) => weight),
				};
				return [own.name, own] as const;
			}),
		);
	}

	/**
	 * Which of `count` addresses, `bytes` octets each, is to be the first at the given step. Over as many steps as the
	 * weights are together, each is the first as often as its weight says, in no run that could be avoided easily.
	 *
	 * @param owner in lower case
	 */
	first(
		owner: Uint8Array,
		ownerBytes: number,
		addresses: Uint8Array,
		count: number,
		bytes: number,
		step: number,
	): number {
		const found = this.#names.find(owner, ownerBytes);
		const own = found !== undefined && found.name.length === ownerBytes ? found : undefined;
		let sum = 0;
		for (let i = 0; i < count; i++) sum += weightOf(own, addresses, i * bytes, bytes);
		let left = ((step % sum) * strideOf(sum)) % sum;
		for (let i = 0; i < count; i++) {
			left -= weightOf(own, addresses, i * bytes, bytes);
			if (left < 0) return i;
		}
		return 0;
	}
}

function weightOf(own: OwnWeights | undefined, octets: Uint8Array, start: number, bytes: number): number {
	if (own === undefined) return normalWeight;
	for (let i = 0; i < own.addresses.length; i++) {
		const address = own.addresses[i];
		if (address.length !== bytes) continue;
		let same = 0;
		while (same < bytes && address[same] === octets[start + same]) same++;
		if (same === bytes) return own.weights[i];
	}
	return normalWeight;
}

/** About two thirds of `sum`, without a common divisor: multiples of it reach every number below `sum` once. */
function strideOf(sum: number): number {
	let stride = Math.floor((sum * 5) / 8) | 1;
	while (divisorOf(stride, sum) !== 1) stride++;
	return stride;
}

function divisorOf(a: number, b: number): number {
	let large = a;
	let small = b;
	while (small !== 0) {
		const rest = large % small;
		large = small;
		small = rest;
	}
	return large;
}
