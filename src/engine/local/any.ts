import { plugin } from '../../metrics/hot/series-layout.ts';
import { rcode, rrType } from '../../wire/iana.ts';
import { rdataToWire, tokenize } from '../../wire/record-text.ts';
import { section } from '../../wire/response.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { prepareRest, type RecordList } from './record-list.ts';
import { outcome, type Step } from './step.ts';

/** CoreDNS's TTL for it: the number of the RFC. */
const ttlSec = 8482;
const hinfo = rdataToWire(rrType.HINFO, tokenize('"ANY obsoleted" "See RFC 8482"'));

/** `any`: a query for ANY gets one HINFO record (RFC 8482 §4.2). */
export class AnyAnswer implements Step {
	readonly by: number = plugin.any;
	readonly #records: RecordList;
	readonly #hinfo = prepareRest(rrType.HINFO, ttlSec, hinfo);

	constructor(records: RecordList) {
		this.#records = records;
	}

	look(hand: QueryInHand): number {
		if (hand.view.qtype !== rrType.ANY) return outcome.passed;
		this.#records.begin(hand.answer, rcode.NOERROR, 0);
		this.#records.addOwn(section.answer, this.#hinfo);
		return outcome.answered;
	}
}
