import type { Answer } from '../cache/answer.ts';
import { recordEnd, recordStart } from '../cache/answer.ts';
import type { LoadBalanceOptions } from '../config/model/rewriting.ts';
import { at, headerBytes, readUint16 } from '../wire/header.ts';
import { rcode, rrType } from '../wire/iana.ts';
import { expandName, maxNameBytes } from '../wire/name.ts';
import { maxRecords } from '../wire/response.ts';
import { Weights } from './weights.ts';

/** `loadbalance` as the engine uses it. */
export interface Rotation {
	/** Addresses in the first of these stand before those in the next, and before all others. */
	readonly prefer: readonly Subnet[];
	/** Undefined: all addresses take turns. */
	readonly weights: Weights | undefined;
}

interface Subnet {
	/** 4 or 16. */
	readonly octets: Uint8Array;
	readonly prefixBits: number;
}

export function compileRotation({ policy, prefer, weights }: LoadBalanceOptions): Rotation {
	return {
		weights: policy === 'weighted' ? new Weights(weights) : undefined,
		prefer: prefer.map(({ octets, prefixBits }) => ({ octets: Uint8Array.from(octets), prefixBits })),
	};
}

/** Questions whose hashes end alike share a count; that only makes steps larger. */
const countsLength = 1024;

/** How often each question was answered, over all shards: that many steps its records are turned. */
export function createRotationMemory(): SharedArrayBuffer {
	return new SharedArrayBuffer(countsLength * 4);
}

/**
 * Turns the addresses and the mail exchanges of replies by one step each time, so that each is the first in its turn.
 * With weights one address changes places with the first, so that each is that as often as its weight says.
 *
 * Nothing else moves: addresses change places with each other, their records stay where they are. They are of one owner
 * (scrub.ts leaves no other), and no pointer leads to an address. Exchanges are names that others may point into, so
 * their records are turned only where they stand without compression; `AnswerShape.expandType` sees to that.
 *
 * On the way of every hit of a block that has `loadbalance`: it allocates nothing.
 */
export class Rotator {
	readonly #counts: Int32Array;
	readonly #places = [new Int32Array(maxRecords), new Int32Array(maxRecords)] as const;
	readonly #values = new Uint8Array(0x1_0000);
	readonly #order = new Int32Array(maxRecords);
	readonly #sorted = new Int32Array(maxRecords);
	/** The owner of the addresses. */
	readonly #owner = new Uint8Array(maxNameBytes + 1);
	#ownerBytes = 0;

	constructor(memory: SharedArrayBuffer) {
		this.#counts = new Int32Array(memory);
	}

	/**
	 * Turns the records of the reply at `reply[start...]` that was made of `answer`.
	 *
	 * @param questionBytes of its question section
	 * @param hash of the question
	 */
	turn(
		rotation: Rotation,
		answer: Answer,
		questionBytes: number,
		hash: number,
		reply: Uint8Array,
		start: number,
	): void {
		const answers = readUint16(reply, start + at.ancount);
		if (answers < 2 || (reply[start + at.flags + 1] & 0xf) !== rcode.NOERROR) return;
		const bodyStart = start + headerBytes + questionBytes;
		const [v4, v6] = this.#places;
		let v4Count = 0;
		let v6Count = 0;
		let firstAddress = -1;
		let firstMx = -1;
		let mxCount = 0;
		for (let record = 0; record < answers; record++) {
			const ttlAt = bodyStart + answer.ttlOffsets[record];
			const type = readUint16(reply, ttlAt - 4);
			if (type === rrType.A || type === rrType.AAAA) {
				if (firstAddress < 0) firstAddress = record;
				if (type === rrType.A) v4[v4Count++] = ttlAt + 6;
				else v6[v6Count++] = ttlAt + 6;
			} else if (type === rrType.MX && (firstMx < 0 || record === firstMx + mxCount)) {
				if (firstMx < 0) firstMx = record;
				mxCount++;
			}
		}
		const place = hash & (countsLength - 1);
		const step = this.#counts[place] & 0x7fff_ffff;
		this.#counts[place] = step + 1;
		if (rotation.weights !== undefined) {
			if (firstAddress < 0) return;
			const ownerAt = recordStart(answer, firstAddress, reply, bodyStart);
			this.#ownerBytes = expandName(reply, start, ownerAt, reply.length, this.#owner, 0);
			mxCount = 0;
		}
		if (v4Count > 1) this.#turnAddresses(v4, v4Count, 4, step, rotation, reply);
		if (v6Count > 1) this.#turnAddresses(v6, v6Count, 16, step, rotation, reply);
		if (mxCount > 1) this.#turnRecords(answer, firstMx, mxCount, step, reply, bodyStart);
	}

	/** @param places of the addresses in the reply, `bytes` octets each */
	#turnAddresses(
		places: Int32Array,
		count: number,
		bytes: number,
		step: number,
		rotation: Rotation,
		reply: Uint8Array,
	): void {
		const values = this.#values;
		for (let i = 0; i < count; i++) {
			for (let octet = 0; octet < bytes; octet++) values[i * bytes + octet] = reply[places[i] + octet];
			this.#order[i] = (i + step) % count;
		}
		if (rotation.weights !== undefined) this.#putFirst(rotation.weights, count, bytes, step);
		const order = rotation.prefer.length > 0 ? this.#sort(rotation.prefer, count, bytes) : this.#order;
		for (let i = 0; i < count; i++) {
			const from = order[i] * bytes;
			for (let octet = 0; octet < bytes; octet++) reply[places[i] + octet] = values[from + octet];
		}
	}

	/** Leaves the addresses in their order, but for one that changes places with the first. */
	#putFirst(weights: Weights, count: number, bytes: number, step: number): void {
		const order = this.#order;
		for (let i = 0; i < count; i++) order[i] = i;
		const first = weights.first(this.#owner, this.#ownerBytes, this.#values, count, bytes, step);
		order[first] = 0;
		order[0] = first;
	}

	/** Puts preferred addresses to the front, otherwise in the order that they have. */
	#sort(prefer: readonly Subnet[], count: number, bytes: number): Int32Array {
		const order = this.#order;
		const sorted = this.#sorted;
		let taken = 0;
		for (let choice = 0; choice < prefer.length; choice++) {
			const subnet = prefer[choice];
			if (subnet.octets.length !== bytes) continue;
			for (let i = 0; i < count; i++) {
				if (order[i] < 0 || !isWithinSubnet(this.#values, order[i] * bytes, subnet)) continue;
				sorted[taken++] = order[i];
				order[i] = -1;
			}
		}
		for (let i = 0; i < count; i++) if (order[i] >= 0) sorted[taken++] = order[i];
		return sorted;
	}

	#turnRecords(
		answer: Answer,
		first: number,
		count: number,
		step: number,
		reply: Uint8Array,
		bodyStart: number,
	): void {
		const start = recordStart(answer, first, reply, bodyStart);
		const middle = recordStart(answer, first + (step % count), reply, bodyStart);
		const end = recordEnd(answer, first + count - 1, reply, bodyStart);
		if (middle === start || isCompressed(reply, start)) return;
		const values = this.#values;
		for (let i = start; i < middle; i++) values[i - start] = reply[i];
		const behind = start + end - middle;
		for (let i = middle; i < end; i++) reply[start + i - middle] = reply[i];
		for (let i = behind; i < end; i++) reply[i] = values[i - behind];
	}
}

/** Whether the name at `offset` ends in a pointer. */
function isCompressed(octets: Uint8Array, offset: number): boolean {
	let position = offset;
	while (octets[position] !== 0 && octets[position] < 0xc0) position += octets[position] + 1;
	return octets[position] !== 0;
}

function isWithinSubnet(octets: Uint8Array, start: number, { octets: subnet, prefixBits }: Subnet): boolean {
	const whole = prefixBits >> 3;
	for (let i = 0; i < whole; i++) if (octets[start + i] !== subnet[i]) return false;
	const rest = prefixBits & 7;
	return rest === 0 || (octets[start + whole] ^ subnet[whole]) >> (8 - rest) === 0;
}
