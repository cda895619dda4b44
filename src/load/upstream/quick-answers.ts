import { optBytes, parseQueryRecords } from '../../wire/edns.ts';
import { flag, headerBytes, opcodeOf } from '../../wire/header.ts';
import { opcode, rcode, rrClass, rrType } from '../../wire/iana.ts';
import { parsed, parseQuestion, QueryView } from '../../wire/question.ts';
import { viewOf } from '../../wire/views.ts';
import { type Behaviour, plainBehaviour } from './behaviour.ts';
import { isMadeByName, isSingle } from './data.ts';
import { sampleDelayMs } from './delay.ts';
import { LabelStates } from './label-states.ts';
import { OctetKey } from './octet-table.ts';
import { type QuickPlan, quickPlan } from './quick-plan.ts';
import { QuickWriter } from './quick-writer.ts';
import { isLost, udpReplyLimit } from './respond.ts';
import type { ScriptParts } from './script-parts.ts';
import { type ZoneData, ZoneTable } from './zone-data.ts';

/** Returned for what only `UpstreamScript.answer` can do. */
export const askTheScript = -1;
/** Returned for a query that gets no answer. */
export const noAnswer = 0;

const theLongWay: QuickPlan = { ...quickPlan(plainBehaviour), quick: false };

/** What an answer holds. */
const contents = { none: 0, addresses: 1, zoneRecords: 2, soaAnswer: 3, soaAuthority: 4 } as const;

/**
 * The quick way to the same answers that `UpstreamScript.answer` gives, octet for octet: a query over UDP with a common
 * behaviour is read where it lies and answered into the reply's slot; nothing is allocated for it. Everything else is left
 * to the script, untouched and uncounted.
 */
export class QuickAnswers {
	/** How long after the query the answer of the last call is to be sent, in milliseconds; index 0. */
	readonly afterMs = new Float64Array(1);
	readonly #parts: ScriptParts;
	/** When the queries of this turn came, index 0. */
	readonly #times: Float64Array;
	readonly #key = new OctetKey();
	readonly #view: QueryView;
	readonly #writer: QuickWriter;
	readonly #zones: ZoneTable;
	readonly #states: LabelStates;
	readonly #planOfRule = new WeakMap<Readonly<Behaviour>, QuickPlan>();
	#content: number = contents.none;
	#count = 0;
	#records: readonly Uint8Array[] = [];

	/** @param reply where all answers are written */
	constructor(parts: ScriptParts, reply: Uint8Array, times: Float64Array) {
		const view = viewOf(reply);
		this.#parts = parts;
		this.#times = times;
		this.#view = new QueryView(this.#key.octets);
		this.#view.copy = view;
		this.#writer = new QuickWriter(reply, view);
		this.#zones = new ZoneTable(parts.zones);
		this.#states = new LabelStates(parts.base);
	}

	/**
	 * Answers a query of `length` octets at `start` into the reply at `replyStart`, where there is room for `replyMax` octets.
	 * Returns how many the answer has, `noAnswer` or `askTheScript`.
	 *
	 * @param port where the query came from
	 */
	answer(
		octets: Uint8Array,
		start: number,
		length: number,
		port: number,
		replyStart: number,
		replyMax: number,
	): number {
		const view = this.#view;
		const { report, schedule } = this.#parts;
		view.copyStart = replyStart + headerBytes;
		if (!this.#reads(octets, start, length)) return askTheScript;
		if (schedule !== undefined && schedule.stateAt(this.#times[0]) !== 'up') return askTheScript;
		const zone = this.#zones.of(this.#key.octets, view.qnameBytes);
		if (zone === undefined) return askTheScript;
		this.#key.seal(view.qnameBytes);
		const plan = this.#plan();
		if (!plan.quick || (plan.behaviour.signed && view.dnssecOk)) return askTheScript;
		const bytes = this.#choose(plan.behaviour, zone);
		const limit = Math.min(replyMax, udpReplyLimit(view.udpPayloadBytes));
		if (bytes < 0 || headerBytes + view.questionBytes + bytes + (view.hasOpt ? optBytes : 0) > limit) {
			return askTheScript;
		}
		report.countQuestion(this.#key, view.qtype * 2, view.id, port);
		return this.#commit(plan, zone, replyStart);
	}

	/** Whether this is a query that could be answered here. */
	#reads(octets: Uint8Array, start: number, length: number): boolean {
		const view = this.#view;
		return (
			parseQuestion(view, octets, start, length) === parsed.ok &&
			opcodeOf(view.flags) === opcode.QUERY &&
			parseQueryRecords(view, octets) === parsed.ok &&
			view.qclass === rrClass.IN &&
			view.ednsVersion === 0 &&
			view.qtype !== rrType.AXFR &&
			view.qtype !== rrType.IXFR
		);
	}

	#plan(): QuickPlan {
		const { rules } = this.#parts;
		const action = rules.size > 0 ? rules.find(this.#key, this.#view.qtype, 'udp') : undefined;
		if (action === undefined) return this.#states.read(this.#key.octets);
		if (action.kind !== 'behaviour') return theLongWay;
		let plan = this.#planOfRule.get(action.behaviour);
		if (plan === undefined) this.#planOfRule.set(action.behaviour, (plan = quickPlan(action.behaviour)));
		return plan;
	}

	/** Decides what the answer holds; returns its octets, -1 if it cannot be made here. */
	#choose(behaviour: Readonly<Behaviour>, zone: ZoneData): number {
		const { qtype } = this.#view;
		this.#content = contents.none;
		if (behaviour.outcome === 'error') return 0;
		if (behaviour.outcome === 'data') {
			if (qtype === rrType.SOA) return this.#chosen(contents.soaAnswer, 12 + zone.soa.length);
			const count = (this.#count = isSingle(qtype) ? 1 : behaviour.count);
			if (count > 0) {
				if (qtype === rrType.A || qtype === rrType.AAAA) {
					return this.#chosen(contents.addresses, QuickWriter.addressBytes(qtype, count));
				}
				if (isMadeByName(qtype)) return -1;
				this.#records = zone.of(qtype, count);
				if (this.#records.length > 0) {
					return this.#chosen(contents.zoneRecords, QuickWriter.recordsBytes(this.#records, count));
				}
			}
		}
		return behaviour.soa ? this.#chosen(contents.soaAuthority, QuickWriter.soaBytes(zone)) : 0;
	}

	#chosen(content: number, bytes: number): number {
		this.#content = content;
		return bytes;
	}

	/** Draws what is left to chance, in the order of `respond`, and writes what was chosen. */
	#commit(plan: QuickPlan, zone: ZoneData, replyStart: number): number {
		const { behaviour } = plan;
		const { random, quotas, schedule } = this.#parts;
		this.afterMs[0] = 0;
		if (isLost(behaviour, random, quotas)) return noAnswer;
		const isOver = behaviour.limitPerSec > 0 && quotas.isOver(behaviour.limitPerSec, this.#times[0]);
		if (behaviour.delay !== undefined) this.afterMs[0] = sampleDelayMs(behaviour.delay, random);
		if (schedule !== undefined) {
			this.afterMs[0] = schedule.leavesAfterMs(this.#times[0], this.afterMs[0]);
		}
		if (behaviour.fault === 'silent') return noAnswer;
		return isOver ? this.#refuse(plan, replyStart) : this.#write(plan, zone, replyStart);
	}

	#refuse(plan: QuickPlan, replyStart: number): number {
		this.#writer.begin(replyStart, this.#view.questionBytes);
		return this.#end(plan.errorFlags | (plan.behaviour.truncated ? flag.tc : 0) | rcode.REFUSED);
	}

	#write({ behaviour, flags, errorFlags }: QuickPlan, zone: ZoneData, replyStart: number): number {
		const writer = this.#writer;
		const { qtype, questionBytes } = this.#view;
		const { ttlSec, outcome } = behaviour;
		writer.begin(replyStart, questionBytes);
		if (!behaviour.truncated) {
			if (this.#content === contents.addresses) {
				writer.addresses(qtype, this.#count, this.#key.hash >>> 0, ttlSec);
			} else if (this.#content === contents.zoneRecords) {
				// RFC 8482 §4.2: ANY is answered by one HINFO.
				const type = qtype === rrType.ANY ? rrType.HINFO : qtype;
				writer.records(type, this.#count, this.#records, ttlSec);
			} else if (this.#content !== contents.none) {
				const asAnswer = this.#content === contents.soaAnswer;
				writer.soa(zone, asAnswer, asAnswer ? ttlSec : behaviour.soaTtlSec, behaviour.soaMinimumSec);
			}
		}
		const truncated = behaviour.truncated ? flag.tc : 0;
		if (outcome === 'error') return this.#end(errorFlags | truncated | behaviour.rcode);
		return this.#end(flags | truncated | (outcome === 'nxdomain' ? rcode.NXDOMAIN : 0));
	}

	#end(flags: number): number {
		const { id, flags: asked, hasOpt, dnssecOk } = this.#view;
		return this.#writer.end(id, flag.qr | (asked & (flag.rd | flag.cd)) | flags, hasOpt, dnssecOk);
	}
}
