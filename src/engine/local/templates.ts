import type { TemplateOptions } from '../../config/model.ts';
import { ZoneTable, zoneSet } from '../../forward/zone-table.ts';
import { counter } from '../../metrics/hot/counters.ts';
import { cell, plugin } from '../../metrics/hot/series-layout.ts';
import { PetrelError } from '../../util/errors.ts';
import { groupNames } from '../../util/regex/group-names.ts';
import { Regex } from '../../util/regex/regex.ts';
import { encodeOption } from '../../wire/edns.ts';
import { flag } from '../../wire/header.ts';
import { ede, ednsOption, rcode, rrType } from '../../wire/iana.ts';
import { nameToText, nameToWire } from '../../wire/presentation.ts';
import { rdataToWire, tokenize } from '../../wire/record-text.ts';
import { section } from '../../wire/response.ts';
import type { QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { typePlace } from '../type-places.ts';
import { type PreparedRecord, prepareRecord, type RecordList } from './record-list.ts';
import { outcome, type Step, type StepParts } from './step.ts';
import { compileRecord, type QueryFacts, type TemplateRecords } from './template-records.ts';

interface Pattern {
	readonly regex: Regex;
	readonly names: readonly (string | undefined)[];
}

interface Zone {
	readonly name: string;
	/** What an answer without records gets, so that it can be kept. */
	readonly soa: PreparedRecord;
}

interface Template {
	readonly options: TemplateOptions;
	readonly zones: ZoneTable<Zone>;
	readonly fallthrough: ZoneTable<true>;
	readonly patterns: readonly Pattern[];
	readonly records: readonly { readonly part: number; readonly record: TemplateRecords }[];
	/** An answer or an NXDOMAIN that says nothing of how long it holds. */
	readonly needsSoa: boolean;
	/** The extended error, as an option of the OPT. */
	readonly option: Uint8Array | undefined;
}

/** Stub resolvers keep an answer without records for so long (RFC 2308 §5). */
const soaTtlSec = 30;
const soaRdata = rdataToWire(
	rrType.SOA,
	tokenize(`localhost. nobody.invalid. 1 3600 1200 604800 ${soaTtlSec}`),
);

/** `template`: the templates of a block, in file order. */
export class Templates implements Step {
	readonly by: number = plugin.template;
	readonly #templates: readonly Template[];
	readonly #records: RecordList;

	constructor(templates: readonly TemplateOptions[], records: RecordList) {
		this.#templates = templates.map(compileTemplate);
		this.#records = records;
	}

	look(hand: QueryInHand, source: QuerySource, parts: StepParts): number {
		const { qname, qnameBytes, qtype } = hand.view;
		let name: string | undefined;
		for (const template of this.#templates) {
			const zone = template.zones.find(qname, qnameBytes);
			if (zone === undefined) continue;
			const { type } = template.options;
			if (type !== qtype && type !== rrType.ANY && qtype !== rrType.ANY) continue;
			let match: string[] | undefined;
			let pattern: Pattern | undefined;
			if (template.patterns.length > 0) {
				name ??= nameToText(qname.subarray(0, qnameBytes));
				for (pattern of template.patterns) {
					match = pattern.regex.match(name);
					if (match !== undefined) break;
				}
				if (match === undefined) {
					if (template.fallthrough.find(qname, qnameBytes) !== undefined) continue;
					return this.#fail(hand);
				}
			}
			const known = qtype === rrType.ANY ? type : qtype;
			parts.series.add(hand.asker.row, cell.templateMatches + typePlace(known));
			const facts = {
				hand,
				source,
				io: parts.io,
				zone: zone.name,
				type: known,
				match,
				names: pattern?.names,
			};
			return this.#answer(template, zone, facts, parts);
		}
		return outcome.passed;
	}

	#answer(template: Template, zone: Zone, facts: QueryFacts, { counters }: StepParts): number {
		const { hand } = facts;
		const { qname, qnameBytes } = hand.view;
		const { rcode: code } = template.options;
		this.#addOption(template, hand);
		if (code === rcode.SERVFAIL) return this.#fail(hand, template.option === undefined ? ede.other : -1);
		const records = this.#records;
		records.begin(hand.answer, (code & 0xf) | flag.aa, code >>> 4);
		try {
			for (const { part, record } of template.records) {
				records.add(part, record.make(facts), qname, qnameBytes);
			}
		} catch (thrown) {
			if (!(thrown instanceof PetrelError)) throw thrown;
			counters.add(counter.template_failures);
			return this.#fail(hand);
		}
		if (template.needsSoa) records.add(section.authority, zone.soa, qname, qnameBytes);
		return outcome.answered;
	}

	#addOption({ option }: Template, { asker }: QueryInHand): void {
		if (option === undefined || !asker.hasOpt) return;
		// The other option is the NSID of the block.
		asker.options = asker.options.length === 0 ? option : Uint8Array.from([...asker.options, ...option]);
	}

	#fail(hand: QueryInHand, edeCode: number = ede.other): number {
		this.#records.begin(hand.answer, rcode.SERVFAIL, 0);
		hand.answer.edeCode = edeCode;
		return outcome.answered;
	}
}

function compileTemplate(options: TemplateOptions): Template {
	const { zones, fallthrough, patterns, answers, authorities, additionals, extendedError } = options;
	const isEmpty = answers.length === 0 && authorities.length === 0;
	return {
		options,
		zones: new ZoneTable(zones.map((zone) => [nameToWire(zone), compileZone(zone)] as const)),
		fallthrough: zoneSet(fallthrough),
		patterns: patterns.map((text) => ({ regex: new Regex(text), names: groupNames(text) })),
		records: [
			...answers.map((record) => ({ part: section.answer, record: compileRecord(record) })),
			...authorities.map((record) => ({ part: section.authority, record: compileRecord(record) })),
			...additionals.map((record) => ({ part: section.additional, record: compileRecord(record) })),
		],
		needsSoa: isEmpty && (options.rcode === rcode.NOERROR || options.rcode === rcode.NXDOMAIN),
		option: extendedError && compileExtendedError(extendedError),
	};
}

function compileZone(zone: string): Zone {
	return { name: zone, soa: prepareRecord(nameToWire(zone), rrType.SOA, soaTtlSec, soaRdata) };
}

function compileExtendedError({ code, reason }: { code: number; reason: string }): Uint8Array {
	const text = new TextEncoder().encode(reason);
	return encodeOption(ednsOption.EDE, Uint8Array.from([code >>> 8, code & 0xff, ...text]));
}
