import ipaddr from 'ipaddr.js';
import type { HostsLine, HostsOptions } from '../../config/model.ts';
import { type ZoneTable, zoneSet } from '../../forward/zone-table.ts';
import { plugin } from '../../metrics/hot/series-layout.ts';
import { flag } from '../../wire/header.ts';
import { ede, rcode, rrType } from '../../wire/iana.ts';
import { nameToWire } from '../../wire/presentation.ts';
import { qnameRoomBytes } from '../../wire/question.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { buildHostsTable, type HostsPair, HostsTable, wildcardOf } from './hosts-table.ts';
import type { RecordList } from './record-list.ts';
import { addressOfReverseName } from './reverse-name.ts';
import { outcome, type Step } from './step.ts';

/** What a file holds now, for all blocks that name it. */
export interface HostsFile {
	readonly path: string;
	/** Made by `buildHostsTable`. */
	readonly table: SharedArrayBuffer;
}

export function pairsOf({ address, names }: HostsLine): HostsPair[] {
	const octets = Uint8Array.from(ipaddr.parse(address).toByteArray());
	return names.map((name) => ({ address: octets, name: nameToWire(name) }));
}

/** `hosts`: A, AAAA and PTR from a file and from lines of the Corefile, in this order. */
export class Hosts implements Step {
	readonly by: number = plugin.hosts;
	readonly path: string;
	readonly #options: HostsOptions;
	readonly #records: RecordList;
	readonly #zones: ZoneTable<true>;
	readonly #fallthrough: ZoneTable<true>;
	readonly #inline: HostsTable;
	#file: HostsTable | undefined;
	readonly #wildcard = new Uint8Array(qnameRoomBytes);
	#wildcardBytes = 0;
	readonly #address = new Uint8Array(16);

	constructor(options: HostsOptions, records: RecordList) {
		this.path = options.path;
		this.#options = options;
		this.#records = records;
		this.#zones = zoneSet(options.zones);
		this.#fallthrough = zoneSet(options.fallthrough);
		this.#inline = new HostsTable(buildHostsTable(options.inline.flatMap(pairsOf)));
	}

	/** From now on the file holds this. */
	setFile(table: SharedArrayBuffer): void {
		this.#file = new HostsTable(table);
	}

	look(hand: QueryInHand): number {
		const { qname, qnameBytes, qtype } = hand.view;
		if (qtype === rrType.PTR) return this.#reverse(hand);
		if (this.#zones.find(qname, qnameBytes) === undefined) return outcome.passed;
		const falls = this.#fallthrough.find(qname, qnameBytes) !== undefined;
		const isAddress = qtype === rrType.A || qtype === rrType.AAAA;
		if (!isAddress && falls && this.#options.fallthroughUnsupported) return outcome.passed;
		this.#findWildcard(qname, qnameBytes);
		this.#records.begin(hand.answer, rcode.NOERROR | flag.aa, 0);
		if (isAddress) this.#addAddresses(hand, qtype === rrType.A ? 4 : 16);
		if (hand.answer.answerCount > 0 || this.#exists(qname, qnameBytes)) return outcome.answered;
		if (falls) return outcome.passed;
		this.#records.begin(hand.answer, rcode.SERVFAIL, 0);
		hand.answer.edeCode = ede.other;
		return outcome.answered;
	}

	/** The name with `*` for its first label, if that is in the zones: what is outside them is none of ours. */
	#findWildcard(qname: Uint8Array, qnameBytes: number): void {
		const bytes = wildcardOf(qname, qnameBytes, this.#wildcard);
		const isOurs = bytes > 0 && this.#zones.find(this.#wildcard, bytes) !== undefined;
		this.#wildcardBytes = isOurs ? bytes : 0;
	}

	#addAddresses(hand: QueryInHand, addressBytes: number): void {
		const { qname, qnameBytes, qtype } = hand.view;
		this.#addFrom(this.#file, qname, qnameBytes, qtype, addressBytes);
		this.#addFrom(this.#inline, qname, qnameBytes, qtype, addressBytes);
	}

	#addFrom(
		table: HostsTable | undefined,
		qname: Uint8Array,
		qnameBytes: number,
		qtype: number,
		addressBytes: number,
	): void {
		const entry = this.#entry(table, qname, qnameBytes, addressBytes);
		if (entry === 0) return;
		const count = table!.addressCount(entry, addressBytes);
		const at = table!.addressesAt(entry, addressBytes);
		for (let i = 0; i < count; i++) {
			const address = at + i * addressBytes;
			this.#records.addAnswer(qtype, this.#options.ttlSec, table!.octets, address, addressBytes);
		}
	}

	/** The entry with addresses of a family: the name's own, else that of its wildcard; 0: there is none. */
	#entry(table: HostsTable | undefined, qname: Uint8Array, qnameBytes: number, addressBytes: number): number {
		if (table === undefined) return 0;
		const own = table.findName(qname, qnameBytes);
		if (own !== 0 && table.addressCount(own, addressBytes) > 0) return own;
		if (this.#wildcardBytes === 0) return 0;
		const wild = table.findName(this.#wildcard, this.#wildcardBytes);
		return wild !== 0 && table.addressCount(wild, addressBytes) > 0 ? wild : 0;
	}

	#exists(qname: Uint8Array, qnameBytes: number): boolean {
		return (
			this.#entry(this.#file, qname, qnameBytes, 4) !== 0 ||
			this.#entry(this.#file, qname, qnameBytes, 16) !== 0 ||
			this.#entry(this.#inline, qname, qnameBytes, 4) !== 0 ||
			this.#entry(this.#inline, qname, qnameBytes, 16) !== 0
		);
	}

	/** PTR names need not be in the zones; the names that they lead to must be. */
	#reverse(hand: QueryInHand): number {
		const { qname, qnameBytes } = hand.view;
		if (!this.#options.reverse) return outcome.passed;
		const addressBytes = addressOfReverseName(qname, qnameBytes, this.#address);
		if (addressBytes === 0) return outcome.passed;
		this.#records.begin(hand.answer, rcode.NOERROR | flag.aa, 0);
		this.#addNames(this.#file, addressBytes);
		this.#addNames(this.#inline, addressBytes);
		return hand.answer.answerCount > 0 ? outcome.answered : outcome.passed;
	}

	#addNames(table: HostsTable | undefined, addressBytes: number): void {
		const entry = table?.findAddress(this.#address, addressBytes) ?? 0;
		if (entry === 0) return;
		const { octets } = table!;
		const count = table!.nameCount(entry);
		for (let i = 0; i < count; i++) {
			const at = table!.nameAt(entry, i);
			const bytes = octets[at - 1];
			// The room for a wildcard is free here, and a look-up needs the name at the front of its octets.
			for (let k = 0; k < bytes; k++) this.#wildcard[k] = octets[at + k];
			if (this.#zones.find(this.#wildcard, bytes) === undefined) continue;
			this.#records.addAnswer(rrType.PTR, this.#options.ttlSec, octets, at, bytes);
		}
	}
}
