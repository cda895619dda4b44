import { type Random, seededRandom } from '../../util/random.ts';
import { flag } from '../../wire/header.ts';
import { rcode, rrClass, rrType } from '../../wire/iana.ts';
import { lowerCase } from '../../wire/name.ts';
import { nameToWire } from '../../wire/presentation.ts';
import { type Answer, silence } from './answer.ts';
import { type Behaviour, plainBehaviour } from './behaviour.ts';
import { composeHeader } from './compose.ts';
import { type Content, emptyContent } from './content.ts';
import { parseBehaviour, readName } from './label-reader.ts';
import { originUnknown, type QueryOrigin, readQuery, type SeenQuery, type Transport } from './query.ts';
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
import { topLevelOf, zoneOf } from './zone.ts';

/**
 * A scripted upstream: an authoritative stand-in that answers any name, as its rules and the labels in the name say.
 * It has neither sockets nor a clock: octets and the time go in, and out come octets with the times to send them at,
 * so that it serves real sockets (server.ts) and virtual time alike. The same seed, script and queries give the same
 * answers.
 *
 *   query ─ read ─ report ─ up? ─ rule for the name? ──── labels of the rule, its records, octets or function ─┐
 *                                   └ no ─ a zone of ours? ─ labels of the name ─────────────────────────────┴─ answer
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
	/** Up and down, from the first query on. See `setSchedule`. */
	readonly schedule?: readonly Phase[];
	/** How many of the latest queries the report keeps whole. */
	readonly remembered?: number;
}

/** What a header alone repeats of the query's flags: opcode, RD, CD. */
const repeatedFlags = 0x7800 | flag.rd | flag.cd;

export class UpstreamScript {
	readonly report: UpstreamReport;
	readonly #base: Readonly<Behaviour>;
	readonly #zones: readonly Uint8Array[] | undefined;
	readonly #rules = new RuleTable();
	readonly #random: Random;
	#phases: readonly Phase[] | undefined;
	#schedule: Schedule | undefined;

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
		this.#base = Object.freeze(parseBehaviour(options.always ?? '', plain));
		this.#zones = options.zones?.map((zone) => nameToWire(zone).map(lowerCase));
		this.#random = seededRandom(options.seed);
		this.report = new UpstreamReport(options.remembered);
		for (const rule of options.rules ?? []) this.setRule(rule, rule.action);
		if (options.schedule) this.setSchedule(options.schedule);
	}

	/** Sets what is done for a name, pattern or match, in place of an earlier rule for the same. */
	setRule(match: string | RuleMatch, action: RuleAction): void {
		this.#rules.set(typeof match === 'string' ? { name: match } : match, compileAction(action, this.#base));
	}

	/** Removes a rule; returns whether there was one. */
	removeRule(match: string | RuleMatch): boolean {
		return this.#rules.remove(typeof match === 'string' ? { name: match } : match);
	}

	/** Sets phases that repeat from `startMs` on, by default from the next query; undefined: always up. */
	setSchedule(phases: readonly Phase[] | undefined, startMs?: number): void {
		this.#schedule = phases && new Schedule(phases, startMs ?? 0);
		this.#phases = startMs === undefined ? phases : undefined;
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
		const up = this.#isUp(nowMs);
		const reading = readQuery(message, transport, nowMs, origin);
		if (reading.kind !== 'query') {
			this.report.seeMalformed();
			if (reading.kind === 'ignore' || !up) return silence;
			const flags = flag.qr | (reading.flags & repeatedFlags) | reading.rcode;
			return { deliveries: [{ afterMs: 0, octets: composeHeader(reading.id, flags) }] };
		}
		const query = reading.query;
		this.report.see(query);
		if (!up) {
			this.report.seeWhileDown();
			return silence;
		}
		const action = this.#rules.size > 0 ? this.#rules.find(query) : undefined;
		return action ? this.#act(action, query) : this.#answerByName(query);
	}

	#isUp(nowMs: number): boolean {
		if (this.#phases) {
			this.#schedule = new Schedule(this.#phases, nowMs);
			this.#phases = undefined;
		}
		return this.#schedule ? this.#schedule.isUp(nowMs) : true;
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
		return respond({ query, behaviour, labels, zone: inZone, content, raw }, this.#random);
	}

	#answerByName(query: SeenQuery): Answer {
		// There is no zone to transfer here (RFC 5936), and no class but IN (RFC 1035 §3.2.4).
		const foreign = query.class !== rrClass.IN || query.type === rrType.AXFR || query.type === rrType.IXFR;
		const zone = this.#zones && zoneOf(query.lowerQname, this.#zones);
		if (foreign || (this.#zones && !zone)) {
			return this.#respond(query, this.#base, [], zone, emptyContent(rcode.REFUSED));
		}
		const { behaviour, labels } = readName(query.lowerQname, this.#base);
		return this.#respond(query, behaviour, labels, zone);
	}

	#act(action: CompiledAction, query: SeenQuery): Answer {
		if (action.kind === 'function') {
			return action.answer(query, (made) => this.#act(compileAction(made, this.#base), query));
		}
		const zone = this.#zones && zoneOf(query.lowerQname, this.#zones);
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
