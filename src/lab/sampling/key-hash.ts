import { keyOf, scatter } from '../../workload/hash.ts';
import { type KeyNames, keyHeadBytes, writeKeyHead } from '../simulate/key-names.ts';
import { Numbering } from '../traces/numbering.ts';
import type { RequestId } from '../traces/request.ts';

/**
 * 32 bits of what a key stands for, not of its number: the same keys are in the sample whatever else a trace has and in whichever
 * order. Signed or not.
 */
export type KeyHash = (key: number) => number;

const fnvBasis = 0x811c9dc5;
const fnvPrime = 0x01000193;
const maxNameBytes = 255;

/** By name, QTYPE, QCLASS and flags: FNV-1a, its bits scattered by whoever chooses samples. */
export function hashOfNames(names: KeyNames): KeyHash {
	const octets = new Uint8Array(keyHeadBytes + maxNameBytes);
	return (key) => {
		writeKeyHead(octets, 0, names.qtype(key), names.qclass(key), names.flags(key));
		const end = keyHeadBytes + names.writeName(key, octets, keyHeadBytes);
		let hash = fnvBasis;
		for (let i = 0; i < end; i++) hash = Math.imul(hash ^ octets[i], fnvPrime);
		return hash;
	};
}

/** Numbers ids and keeps a hash of each: for traces that are not of DNS. */
export class HashedNumbering extends Numbering {
	#hashes: Int32Array<ArrayBuffer> = new Int32Array(1024);

	override of(id: RequestId): number {
		const before = this.count;
		const number = super.of(id);
		if (number === before) this.#note(number, hashOfId(id));
		return number;
	}

	/** Of a number that was given out. */
	readonly hash: KeyHash = (number) => this.#hashes[number];

	#note(number: number, hash: number): void {
		if (number === this.#hashes.length) {
			const longer = new Int32Array(2 * number);
			longer.set(this.#hashes);
			this.#hashes = longer;
		}
		this.#hashes[number] = hash;
	}
}

function hashOfId(id: RequestId): number {
	if (typeof id === 'string') {
		let hash = fnvBasis;
		for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), fnvPrime);
		return hash;
	}
	const low = Number(BigInt.asUintN(32, BigInt(id)));
	const high = Number(BigInt.asUintN(32, BigInt(id) >> 32n));
	return scatter(low) ^ keyOf(high, 0);
}
