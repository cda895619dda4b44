import type { LocalOptions } from '../../config/model.ts';
import { ZoneTable } from '../../forward/zone-table.ts';
import { counter } from '../../metrics/hot/counters.ts';
import { plugin } from '../../metrics/hot/series-layout.ts';
import { rcode, rrType } from '../../wire/iana.ts';
import { isWithin } from '../../wire/name.ts';
import { nameToWire } from '../../wire/presentation.ts';
import { rdataToWire, tokenize } from '../../wire/record-text.ts';
import { section } from '../../wire/response.ts';
import type { QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { type PreparedRecord, prepareRecord, prepareRest, type RecordList } from './record-list.ts';
import { outcome, type Step, type StepParts } from './step.ts';

/** A week, as in CoreDNS. */
const ttlSec = 604_800;
const localhost = nameToWire('localhost.');
const loopback = nameToWire('1.0.0.127.in-addr.arpa.');
/** `localhost` at the front of a longer name. */
const prefix = localhost.subarray(0, localhost.length - 1);
const zones = ['localhost.', '0.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.'].map(nameToWire);

function rest(type: number, text: string): Uint8Array {
	return prepareRest(type, ttlSec, rdataToWire(type, tokenize(text)));
}

const soa = rest(rrType.SOA, `localhost. root.localhost. 1 0 0 0 ${ttlSec}`);
const ns = rest(rrType.NS, 'localhost.');
const ptr = rest(rrType.PTR, 'localhost.');
const address4 = rest(rrType.A, '127.0.0.1');
const address6 = rest(rrType.AAAA, '::1');

/** `local`: localhost, and the reverse zones of addresses that never leave a machine (RFC 6761 §6.3, RFC 6303 §4.2). */
export class Localhost implements Step {
	readonly by: number = plugin.local;
	readonly #options: LocalOptions;
	readonly #records: RecordList;
	readonly #zones = new ZoneTable<PreparedRecord>(
		zones.map((zone) => [zone, prepareRecord(zone, rrType.SOA, ttlSec, soa.subarray(10))] as const),
	);

	constructor(options: LocalOptions, records: RecordList) {
		this.#options = options;
		this.#records = records;
	}

	look(hand: QueryInHand, _source: QuerySource, { counters }: StepParts): number {
		const { qname, qnameBytes, qtype } = hand.view;
		const zone = this.#zones.find(qname, qnameBytes);
		if (this.#isLocalhostLike(qname, qnameBytes)) {
			counters.add(counter.localhost_requests);
			this.#addresses(hand);
			return outcome.answered;
		}
		if (zone === undefined) return outcome.passed;
		const records = this.#records;
		if (qnameBytes === zone.owner.length) {
			if (zone.owner.length === localhost.length && qname[1] === localhost[1]) this.#addresses(hand);
			else this.#nodata(hand);
			if (qtype === rrType.SOA || qtype === rrType.NS) {
				records.begin(hand.answer, rcode.NOERROR, 0);
				records.addOwn(section.answer, qtype === rrType.SOA ? soa : ns);
			}
			return outcome.answered;
		}
		if (isWithin(qname, 0, qnameBytes, loopback) && qnameBytes === loopback.length) {
			records.begin(hand.answer, rcode.NOERROR, 0);
			if (qtype === rrType.PTR) records.addOwn(section.answer, ptr);
			else records.add(section.authority, zone, qname, qnameBytes);
			return outcome.answered;
		}
		records.begin(hand.answer, rcode.NXDOMAIN, 0);
		records.add(section.authority, zone, qname, qnameBytes);
		return outcome.answered;
	}

	/** Below localhost, or with it as the first label of a longer name. */
	#isLocalhostLike(qname: Uint8Array, qnameBytes: number): boolean {
		if (qnameBytes <= localhost.length) return false;
		if (isWithin(qname, 0, qnameBytes, localhost)) return true;
		if (!this.#options.localhostPrefix) return false;
		for (let i = 0; i < prefix.length; i++) if (qname[i] !== prefix[i]) return false;
		return true;
	}

	#addresses(hand: QueryInHand): void {
		const { qtype } = hand.view;
		this.#nodata(hand);
		if (qtype !== rrType.A && qtype !== rrType.AAAA) return;
		this.#records.begin(hand.answer, rcode.NOERROR, 0);
		this.#records.addOwn(section.answer, qtype === rrType.A ? address4 : address6);
	}

	/** CoreDNS takes the name itself for the owner of the SOA. */
	#nodata(hand: QueryInHand): void {
		this.#records.begin(hand.answer, rcode.NOERROR, 0);
		this.#records.addOwn(section.authority, soa);
	}
}
