import { rrClass, rrType } from '../../wire/iana.ts';
import { defaultZone, GeneratedNames } from '../../workload/generate/names.ts';
import type { KeyNames } from '../simulate/key-names.ts';

/** Names n1, n2, … below a zone, each asked for all of some types: key k is name k / types, type k modulo types. */
export class NumberedNames implements KeyNames {
	readonly count: number;
	readonly #types: readonly number[];
	readonly #names: GeneratedNames;
	readonly #bytesBesideDigits: number;

	/** @throws PETREL_CONFIG if the zone is no name, or the last of the names would be too long */
	constructor(names: number, types: readonly number[] = [rrType.A], zone: string = defaultZone) {
		this.count = names * types.length;
		this.#types = types;
		this.#names = new GeneratedNames(zone, names);
		this.#bytesBesideDigits = this.#names.wire(1).length - 1;
	}

	nameBytes(key: number): number {
		let digits = 1;
		for (let number = this.#numberOf(key); number >= 10; number /= 10) digits++;
		return this.#bytesBesideDigits + digits;
	}

	writeName(key: number, octets: Uint8Array, at: number): number {
		const name = this.#wire(key);
		octets.set(name, at);
		return name.length;
	}

	qtype(key: number): number {
		return this.#types[key % this.#types.length];
	}

	qclass(): number {
		return rrClass.IN;
	}

	flags(): number {
		return 0;
	}

	#wire(key: number): Uint8Array {
		return this.#names.wire(this.#numberOf(key));
	}

	#numberOf(key: number): number {
		return Math.floor(key / this.#types.length) + 1;
	}
}
