import type { Placeholder, TemplateRecord } from '../../config/model.ts';
import { rrClass, typeName } from '../../wire/iana.ts';
import { fail, nameToText } from '../../wire/presentation.ts';
import { parseRecord } from '../../wire/record-text.ts';
import type { EngineIo, QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { type PreparedRecord, prepareRecord } from './record-list.ts';

/** Of a record that names no TTL, as in CoreDNS. */
const defaultTtlSec = 3600;

/** What records may say of a query. */
export interface QueryFacts {
	readonly hand: QueryInHand;
	readonly source: QuerySource;
	readonly io: EngineIo;
	/** The zone of the template that the name is in. */
	readonly zone: string;
	readonly type: number;
	/** The match of the pattern and its groups; undefined: every name matches. */
	readonly match: readonly string[] | undefined;
	/** The names of those groups. */
	readonly names: readonly (string | undefined)[] | undefined;
}

/** A record of a template. */
export interface TemplateRecords {
	/** The record for a query. Throws a `PetrelError` if what comes out is none. */
	make(facts: QueryFacts): PreparedRecord;
}

/** A record that is the same for all queries is made once. */
export function compileRecord(record: TemplateRecord): TemplateRecords {
	if (record.every((piece) => typeof piece === 'string')) {
		const prepared = prepare(record.join(''));
		return { make: () => prepared };
	}
	return { make: (facts) => prepare(record.map((piece) => textOf(piece, facts)).join('')) };
}

function prepare(text: string): PreparedRecord {
	const { owner, type, ttlSec, rdata } = parseRecord(text, defaultTtlSec);
	return prepareRecord(owner, type, ttlSec, rdata);
}

function textOf(piece: string | Placeholder, facts: QueryFacts): string {
	if (typeof piece === 'string') return piece;
	const { hand } = facts;
	const { view, asker } = hand;
	switch (piece.field) {
		case 'name':
			return qnameOf(hand);
		case 'question-name': {
			const start = asker.questionStart;
			return nameToText(asker.question.subarray(start, start + view.qnameBytes));
		}
		case 'zone':
			return facts.zone;
		case 'class':
			return 'IN';
		case 'type':
			return typeName(facts.type);
		case 'remote':
			return facts.io.clientAddress(facts.source).address.replace(/%.*$/s, '');
		case 'id':
			return String(asker.id);
		case 'qtype':
			return String(view.qtype);
		case 'qclass':
			return String(rrClass.IN);
		case 'matches':
			return `[${groupsOf(facts).join(' ')}]`;
		case 'match':
			return groupsOf(facts)[piece.index] ?? fail(`the pattern has no group ${piece.index}`);
		case 'group':
			return groupOf(piece.name, facts);
		case 'number':
			return parseUint(textOf(piece.of, facts), piece.base, piece.bits);
	}
}

function qnameOf({ view }: QueryInHand): string {
	return nameToText(view.qname.subarray(0, view.qnameBytes));
}

/** Without a pattern the whole name matches. */
function groupsOf({ match, hand }: QueryFacts): readonly string[] {
	return match ?? [qnameOf(hand)];
}

/** A name goes before a number, as in Go. */
function groupOf(name: string, facts: QueryFacts): string {
	const groups = groupsOf(facts);
	const index = facts.names?.indexOf(name) ?? -1;
	return (index > 0 ? groups[index] : groups[Number(name)]) ?? fail(`the pattern has no group ${name}`);
}

/** Go's ParseUint, its result in decimal. */
function parseUint(text: string, base: number, bits: number): string {
	let value = 0n;
	for (const character of text) {
		const digit = /^[0-9a-z]$/i.test(character) ? Number.parseInt(character, 36) : base;
		if (digit >= base) fail(`"${text}" is no number with base ${base}`);
		value = value * BigInt(base) + BigInt(digit);
	}
	if (text === '' || value >= 1n << BigInt(bits)) fail(`"${text}" is no number of ${bits} bits`);
	return String(value);
}
