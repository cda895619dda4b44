import { readUint16 } from '../wire/header.ts';
import { rrClass, rrType } from '../wire/iana.ts';
import { expandName, isWithin, maxNameBytes } from '../wire/name.ts';
import { rdataTarget } from '../wire/rdata.ts';
import { maxRecords, type ResponseView, section } from '../wire/response.ts';
import { type CacheKey, keyFlag } from './key.ts';

/** CNAMEs followed from QNAME; a longer chain is cut there, as a loop would be. */
const maxChain = 12;
/** Names in the answer whose addresses may come along; addresses of further ones are left out. */
const maxTargets = 64;

/**
 * Finds out which records of a response belong to its question (RFC 5452 §6, RFC 2181 §5.4.1), so that nothing else
 * reaches the cache or a client that would believe it: a chain of answers that starts at QNAME, the authority of a
 * zone above it, the addresses of what those name.
 */
export class Scrubber {
	/** 1 for each record to keep. */
	readonly keep: Uint8Array = new Uint8Array(maxRecords);
	keptCount = 0;
	/** Whether the chain ends in data of the type that was asked for. */
	complete = false;
	/** Index of a SOA that is kept, -1 if there is none. */
	soa = -1;
	readonly #owner = new Uint8Array(maxNameBytes + 1);
	/** The first is the key's own qname, longer than the name in it; the others are this object's. */
	readonly #chain: Uint8Array[] = [];
	readonly #chainBytes: number[] = [];
	readonly #targets: Uint8Array[] = [];
	readonly #targetBytes: number[] = [];
	#chainCount = 0;
	#targetCount = 0;

	constructor() {
		for (let i = 0; i <= maxChain; i++) this.#chain.push(new Uint8Array(maxNameBytes + 1));
		for (let i = 0; i < maxTargets; i++) this.#targets.push(new Uint8Array(maxNameBytes + 1));
	}

	/** Judges every record of `view`, a response to the question of `key`. */
	run(view: ResponseView, key: CacheKey): void {
		this.keptCount = 0;
		this.complete = false;
		this.soa = -1;
		this.#targetCount = 0;
		this.#chainCount = 1;
		this.#chain[0] = key.qname;
		this.#chainBytes[0] = key.qnameBytes;
		for (let record = 0; record < view.recordCount; record++) this.keep[record] = 0;
		const dnssec = (key.flags & keyFlag.dnssecOk) !== 0;
		this.#followChain(view, key.qtype, dnssec);
		for (let record = 0; record < view.recordCount; record++) {
			const part = view.section[record];
			if (view.class(record) !== rrClass.IN) continue;
			if (part === section.authority) this.#judgeAuthority(view, record, dnssec);
			else if (part === section.additional) this.#judgeAdditional(view, record, dnssec);
		}
	}

	/**
	 * Leaves out the authority and additional records of a positive answer. A denial and a referral say with them what
	 * they have to say, so theirs stay; so do proofs (NSEC, with its signature) for who validates: RFC 4035 §3.1.3.3.
	 */
	minimize(view: ResponseView, key: CacheKey): void {
		let answers = 0;
		let delegates = this.soa >= 0;
		for (let record = 0; record < view.recordCount; record++) {
			if (!this.keep[record]) continue;
			if (view.section[record] === section.answer) answers++;
			else if (view.section[record] === section.authority && view.type(record) === rrType.NS)
				delegates = true;
		}
		if (answers === 0 && delegates) return;
		const dnssec = (key.flags & keyFlag.dnssecOk) !== 0;
		for (let record = 0; record < view.recordCount; record++) {
			if (!this.keep[record] || view.section[record] === section.answer) continue;
			if (dnssec && isProof(view, record)) continue;
			this.keep[record] = 0;
			this.keptCount--;
		}
	}

	#followChain(view: ResponseView, qtype: number, dnssec: boolean): void {
		for (let link = 0; link < maxChain; link++) {
			const cname = this.#keepOwnedBy(view, link, qtype, dnssec);
			if (cname < 0) return;
			const next = this.#chain[link + 1];
			this.#chainBytes[link + 1] = expandName(
				view.octets,
				view.start,
				view.rdataAt(cname),
				view.endAt[cname],
				next,
				0,
			);
			this.#chainCount = link + 2;
		}
	}

	/** Keeps the answers that belong to a link of the chain; returns the CNAME that leads on, or -1. */
	#keepOwnedBy(view: ResponseView, link: number, qtype: number, dnssec: boolean): number {
		// Signatures that were not asked for are not passed on (RFC 4035 §3.2.1).
		const signatures = dnssec || qtype === rrType.RRSIG || qtype === rrType.ANY;
		let cname = -1;
		for (let record = 0; record < view.recordCount; record++) {
			if (view.section[record] !== section.answer) break;
			if (this.keep[record] || view.class(record) !== rrClass.IN) continue;
			const type = view.type(record);
			if (type === rrType.RRSIG && !signatures) continue;
			const atOrAbove = type === rrType.DNAME || (type === rrType.RRSIG && qtype !== rrType.RRSIG);
			if (!this.#ownerFits(view, record, link, atOrAbove)) continue;
			this.#keep(view, record);
			if (type === qtype || qtype === rrType.ANY) this.complete = true;
			else if (type === rrType.CNAME && cname < 0) cname = record;
		}
		return this.complete ? -1 : cname;
	}

	#ownerFits(view: ResponseView, record: number, link: number, atOrAbove: boolean): boolean {
		const { octets } = view;
		const owner = view.ownerAt[record];
		// The commonest owner by far: a pointer to the question.
		if (link === 0 && octets[owner] === 0xc0 && octets[owner + 1] === 12) return true;
		const ownerBytes = expandName(octets, view.start, owner, view.typeAt[record], this.#owner, 0);
		const name = this.#chain[link];
		const nameBytes = this.#chainBytes[link];
		if (!atOrAbove)
			return ownerBytes === nameBytes && isWithin(this.#owner, 0, ownerBytes, name.subarray(0, nameBytes));
		return isWithin(name, 0, nameBytes, this.#owner.subarray(0, ownerBytes));
	}

	#judgeAuthority(view: ResponseView, record: number, dnssec: boolean): void {
		const type = view.type(record);
		const proof =
			type === rrType.DS || type === rrType.NSEC || type === rrType.NSEC3 || type === rrType.RRSIG;
		if (proof) {
			if (dnssec) this.#keep(view, record);
			return;
		}
		if (type !== rrType.SOA && type !== rrType.NS) return;
		for (let link = 0; link < this.#chainCount; link++) {
			if (!this.#ownerFits(view, record, link, true)) continue;
			if (type === rrType.SOA && this.soa < 0) this.soa = record;
			this.#keep(view, record);
			return;
		}
	}

	#judgeAdditional(view: ResponseView, record: number, dnssec: boolean): void {
		const type = view.type(record);
		if (type === rrType.TSIG || type === rrType.SIG || type === rrType.TKEY) return;
		if (type === rrType.RRSIG && !dnssec) return;
		const ownerBytes = expandName(
			view.octets,
			view.start,
			view.ownerAt[record],
			view.typeAt[record],
			this.#owner,
			0,
		);
		if (isWithin(this.#owner, 0, ownerBytes, this.#chain[0].subarray(0, this.#chainBytes[0]))) {
			this.#keep(view, record);
			return;
		}
		for (let i = 0; i < this.#targetCount; i++) {
			if (this.#targetBytes[i] !== ownerBytes) continue;
			if (!isWithin(this.#owner, 0, ownerBytes, this.#targets[i].subarray(0, ownerBytes))) continue;
			this.#keep(view, record);
			return;
		}
	}

	#keep(view: ResponseView, record: number): void {
		this.keep[record] = 1;
		this.keptCount++;
		const target = rdataTarget(view.type(record), view.rdataAt(record), view.endAt[record]);
		if (target < 0 || this.#targetCount === maxTargets) return;
		const name = this.#targets[this.#targetCount];
		const nameBytes = expandName(view.octets, view.start, target, view.endAt[record], name, 0);
		if (nameBytes > 0) this.#targetBytes[this.#targetCount++] = nameBytes;
	}
}

/** NSEC and NSEC3 in the authority section, and their signatures: what is covered stands first (RFC 4034 §3.1). */
function isProof(view: ResponseView, record: number): boolean {
	if (view.section[record] !== section.authority) return false;
	const type = view.type(record);
	const rdataAt = view.rdataAt(record);
	const covered =
		type === rrType.RRSIG && view.endAt[record] >= rdataAt + 2 ? readUint16(view.octets, rdataAt) : type;
	return covered === rrType.NSEC || covered === rrType.NSEC3;
}
