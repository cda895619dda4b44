import { writeOpt } from '../../wire/edns.ts';
import { headerBytes, writeHeader } from '../../wire/header.ts';
import { rrClass, rrType } from '../../wire/iana.ts';
import { qnamePointer } from '../../wire/writer.ts';
import { addressOf, addressPrefix6 } from './data.ts';
import { advertisedPayloadBytes } from './respond.ts';
import { soaMinimumBytes, type ZoneData } from './zone-data.ts';

/** Octets of a record in front of its RDATA, when a pointer to the question owns it. */
const ownedBytes = 12;
const fixedBytes = 10;
const ipv4Bytes = 4;
const ipv6Bytes = 16;

/**
 * Writes an answer behind a question that stands in the reply already. The caller makes sure that it fits, by the static
 * functions that say how long things are. Nothing is allocated.
 */
export class QuickWriter {
	readonly #octets: Uint8Array;
	readonly #view: DataView;
	#start = 0;
	#at = 0;
	#answers = 0;
	#authorities = 0;

	/** @param octets where all replies are written, from wherever `begin` says */
	constructor(octets: Uint8Array, view: DataView) {
		this.#octets = octets;
		this.#view = view;
	}

	/** Octets of so many addresses. */
	static addressBytes(type: number, count: number): number {
		return count * (ownedBytes + (type === rrType.A ? ipv4Bytes : ipv6Bytes));
	}

	static recordsBytes(records: readonly Uint8Array[], count: number): number {
		let bytes = count * ownedBytes;
		for (let i = 0; i < count; i++) bytes += records[i].length;
		return bytes;
	}

	static soaBytes(zone: ZoneData): number {
		return zone.zone.length + fixedBytes + zone.soa.length;
	}

	begin(start: number, questionBytes: number): void {
		this.#start = start;
		this.#at = start + headerBytes + questionBytes;
		this.#answers = 0;
		this.#authorities = 0;
	}

	/** Up to the RDATA of a record that the question's name owns. */
	#owned(type: number, ttlSec: number, rdataBytes: number): void {
		const view = this.#view;
		const at = this.#at;
		view.setInt32(at, (qnamePointer << 16) | type);
		view.setInt16(at + 4, rrClass.IN);
		view.setInt32(at + 6, ttlSec);
		view.setInt16(at + 10, rdataBytes);
		this.#at = at + ownedBytes;
		this.#answers++;
	}

	/** @param type A or AAAA */
	addresses(type: number, count: number, hash: number, ttlSec: number): void {
		const view = this.#view;
		for (let index = 0; index < count; index++) {
			if (type === rrType.A) {
				this.#owned(type, ttlSec, ipv4Bytes);
				view.setInt32(this.#at, addressOf(hash, index));
				this.#at += ipv4Bytes;
			} else {
				this.#owned(type, ttlSec, ipv6Bytes);
				view.setInt32(this.#at, addressPrefix6);
				view.setInt32(this.#at + 4, 0);
				view.setInt32(this.#at + 8, hash);
				view.setInt32(this.#at + 12, index + 1);
				this.#at += ipv6Bytes;
			}
		}
	}

	#copy(from: Uint8Array, length: number): void {
		const octets = this.#octets;
		const at = this.#at;
		for (let i = 0; i < length; i++) octets[at + i] = from[i];
		this.#at = at + length;
	}

	records(type: number, count: number, records: readonly Uint8Array[], ttlSec: number): void {
		for (let i = 0; i < count; i++) {
			this.#owned(type, ttlSec, records[i].length);
			this.#copy(records[i], records[i].length);
		}
	}

	/** The zone's SOA, owned by the question's name where that is the question, else by the zone. */
	soa(zone: ZoneData, asAnswer: boolean, ttlSec: number, minimumSec: number): void {
		const { soa } = zone;
		if (asAnswer) {
			this.#owned(rrType.SOA, ttlSec, soa.length);
		} else {
			this.#copy(zone.zone, zone.zone.length);
			this.#view.setInt32(this.#at, (rrType.SOA << 16) | rrClass.IN);
			this.#view.setInt32(this.#at + 4, ttlSec);
			this.#view.setInt16(this.#at + 8, soa.length);
			this.#at += fixedBytes;
			this.#authorities++;
		}
		this.#copy(soa, soa.length - soaMinimumBytes);
		this.#view.setInt32(this.#at, minimumSec);
		this.#at += soaMinimumBytes;
	}

	/** Writes OPT and header; returns the length of the reply. */
	end(id: number, flags: number, hasOpt: boolean, dnssecOk: boolean): number {
		const octets = this.#octets;
		if (hasOpt) this.#at = writeOpt(octets, this.#at, advertisedPayloadBytes, 0, dnssecOk, -1);
		writeHeader(octets, this.#start, id, flags, 1, this.#answers, this.#authorities, hasOpt ? 1 : 0);
		return this.#at - this.#start;
	}
}
