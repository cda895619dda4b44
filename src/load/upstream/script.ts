import { seededRandom } from '../../util/random.ts';
import { flag } from '../../wire/header.ts';
import { rcode, rrClass, rrType } from '../../wire/iana.ts';
import { nameToLowerCaseWire } from '../../wire/presentation.ts';
import { type Answer, silence } from './answer.ts';
import { type Behaviour, plainBehaviour } from './behaviour.ts';
import { composeHeader } from './compose.ts';
import { type Content, emptyContent } from './content.ts';
import { parseBehaviour, readName } from './label-reader.ts';
import { OctetKey } from './octet-table.ts';
import { originUnknown, type QueryOrigin, readQuery, type SeenQuery, type Transport } from './query.ts';
import { QuickAnswers } from './quick-answers.ts';
import { Quotas } from './quotas.ts';
import { UpstreamReport } from './report.ts';
import { respond } from './respond.ts';
import { RuleTable } from './rule-table.ts';
import {
	type CompiledAction,
	compileAction,
	ownedByQuestion,
	type Rule,
	type RuleAction,
	type RuleMatch,
} from './rules.ts';
import { type Phase, Schedule } from './schedule.ts';
import type { ScriptParts } from './script-parts.ts';
import { topLevelOf, zoneOf } from './zone.ts';

/**
 * A scripted upstream: an authoritative stand-in that answers any name, as its rules and the labels in the name say.
 * It has neither sockets nor a clock: octets and the time go in, and out come octets with the times to send them at,
 * so that it serves real sockets (server.ts) and virtual time alike. The same seed, script and queries give the same
 * answers.
 *
 *   query ─ read ─ report ─ phase? ─ rule for the name? ── labels of the rule, its records, octets or function ─┐
 *                                     └ no ─ a zone of ours? ─ labels of the name ───────────────────────────┴─ answer
 *
 * `answer` is the long way, which can do everything. What most queries of a load test need, `quickAnswers` gives at a
 * fraction of the cost; both share the parts, and a test holds one against the other.
 */
export interface UpstreamScriptOptions {
	readonly seed: number;
	readonly rules?: readonly Rule[];
	/** TTL of the records and SOAs it makes up, in seconds. */
	readonly ttlSec?: number;
	/** AA and RA of its answers; true when left out. */
	readonly aa?: boolean;
	readonly ra?: boolean;
	/** Labels that hold for every query before those of its name, as in "delay5ms". */
	readonly always?: string;
	/** Names elsewhere are REFUSED. Left out: every name is answered, its last label taken for its zone. */
	readonly zones?: readonly string[];
	/** Phases from the first query on. See `setSchedule`. */
	readonly schedule?: readonly Phase[];
	/** How many of the latest queries the report keeps whole. Only with 0 is there a quick way. */
	readonly remembered?: number;
	/** Names that the report has room for from the start. */
	readonly expectedNames?: number;
}

/** What a header alone repeats of the query's flags: opcode, RD, CD. */
const repeatedFlags = 0x7800 | flag.rd | flag.cd;

export class UpstreamScript {
	readonly #parts: ScriptParts;
	readonly #key = new OctetKey();

	constructor(options: UpstreamScriptOptions) {
		const ttlSec = options.ttlSec ?? plainBehaviour.ttlSec;
		const plain: Behaviour = {
			...plainBehaviour,
			ttlSec,
			soaTtlSec: ttlSec,
			soaMinimumSec: ttlSec,
			aa: options.aa ?? true,
			ra: options.ra ?? true,
		};
		this.#parts = {
			base: Object.freeze(parseBehaviour(options.always ?? '', plain)),
			zones: options.zones?.map((zone) => nameToLowerCaseWire(zone)),
			rules: new RuleTable(),
			random: seededRandom(options.seed),
			quotas: new Quotas(),
			report: new UpstreamReport(options.remembered, options.expectedNames),
			schedule: undefined,
		};
		for (const rule of options.rules ?? []) this.setRule(rule, rule.action);
		if (options.schedule) this.setSchedule(options.schedule);
	}

	get report(): UpstreamReport {
		return this.#parts.report;
	}

	/** Sets what is done for a name, pattern or match, in place of an earlier rule for the same. */
	setRule(match: string | RuleMatch, action: RuleAction): void {
		const { rules, base } = this.#parts;
		rules.set(typeof match === 'string' ? { name: match } : match, compileAction(action, base));
	}

	/** Removes a rule; returns whether there was one. */
	removeRule(match: string | RuleMatch): boolean {
		return this.#parts.rules.remove(typeof match === 'string' ? { name: match } : match);
	}

	/** Sets phases that repeat from `startMs` on, by default from the next query; undefined: always up. */
	setSchedule(phases: readonly Phase[] | undefined, startMs?: number): void {
		this.#parts.schedule = phases && new Schedule(phases, startMs);
	}

	/**
	 * The quick way to answers over UDP; undefined if queries are to be remembered.
	 *
	 * @param reply where all of its answers are written
	 * @param times when the queries of a turn came, index 0, by the same clock as `answer`'s `nowMs`
	 */
	quickAnswers(reply: Uint8Array, times: Float64Array): QuickAnswers | undefined {
		return this.report.remembered === 0 ? new QuickAnswers(this.#parts, reply, times) : undefined;
	}

	/**
	 * Answers a message. It takes any octets and does not throw, but for what a rule's own function throws.
	 *
	 * @param message without TCP's length; not kept
	 * @param nowMs of whatever clock, the same for all calls
	 */
	answer(
		message: Uint8Array,
		transport: Transport,
		nowMs: number,
		origin: QueryOrigin = originUnknown,
	): Answer {
		const { report, schedule } = this.#parts;
		const state = schedule?.stateAt(nowMs) ?? 'up';
		const reading = readQuery(message, transport, nowMs, origin);
		if (reading.kind === 'query') report.see(reading.query);
		else report.seeMalformed();
		if (state === 'down') {
			if (reading.kind === 'query') report.seeWhileDown();
			return silence;
		}
		if (reading.kind === 'ignore') return silence;
		const answer =
			reading.kind === 'refuse'
				? headerAlone(reading)
				: this.#answerQuery(reading.query, state === 'servfail');
		return schedule ? held(answer, schedule, nowMs) : answer;
	}

	#answerQuery(query: SeenQuery, failing: boolean): Answer {
		if (failing) return this.#respond(query, this.#parts.base, [], undefined, emptyContent(rcode.SERVFAIL));
		const { rules } = this.#parts;
		if (rules.size > 0) {
			this.#key.set(query.lowerQname, 0, query.lowerQname.length);
			const action = rules.find(this.#key, query.type, query.transport);
			if (action) return this.#act(action, query);
		}
		return this.#answerByName(query);
	}

	#respond(
		query: SeenQuery,
		behaviour: Readonly<Behaviour>,
		labels: readonly string[],
		zone: Uint8Array | undefined,
		content?: Content,
		raw?: Uint8Array,
	): Answer {
		const inZone = zone ?? topLevelOf(query.lowerQname);
		const { random, quotas } = this.#parts;
		return respond({ query, behaviour, labels, zone: inZone, content, raw }, random, quotas);
	}

	#zoneOf(query: SeenQuery): Uint8Array | undefined {
		const { zones } = this.#parts;
		return zones && zoneOf(query.lowerQname, zones);
	}

	#answerByName(query: SeenQuery): Answer {
		const { base, zones } = this.#parts;
		// There is no zone to transfer here (RFC 5936), and no class but IN (RFC 1035 §3.2.4).
		const foreign = query.class !== rrClass.IN || query.type === rrType.AXFR || query.type === rrType.IXFR;
		const zone = this.#zoneOf(query);
		if (foreign || (zones && !zone)) {
			return this.#respond(query, base, [], zone, emptyContent(rcode.REFUSED));
		}
		const { behaviour, labels } = readName(query.lowerQname, base);
		return this.#respond(query, behaviour, labels, zone);
	}

	#act(action: CompiledAction, query: SeenQuery): Answer {
		if (action.kind === 'function') {
			return action.answer(query, (made) => this.#act(compileAction(made, this.#parts.base), query));
		}
		const zone = this.#zoneOf(query);
		switch (action.kind) {
			case 'behaviour':
				return this.#respond(query, action.behaviour, [], zone);
			case 'content':
				return this.#respond(query, action.behaviour, [], zone, ownedByQuestion(action.content, query.qname));
			case 'raw': {
				const octets = action.octets.slice();
				if (!action.keepId) octets.set(query.octets.subarray(0, Math.min(2, octets.length)));
				return this.#respond(query, action.behaviour, [], zone, undefined, octets);
			}
		}
	}
}

/** The answer to what has no question that could be repeated. */
function headerAlone({ id, flags, rcode: code }: { id: number; flags: number; rcode: number }): Answer {
	const octets = composeHeader(id, flag.qr | (flags & repeatedFlags) | code);
	return { deliveries: [{ afterMs: 0, octets }] };
}

/** The answer when nothing leaves in a stall. */
function held(answer: Answer, schedule: Schedule, nowMs: number): Answer {
	const deliveries = answer.deliveries.map(({ afterMs, octets }) => {
		return { afterMs: schedule.leavesAfterMs(nowMs, afterMs), octets };
	});
	return { ...answer, deliveries };
}
