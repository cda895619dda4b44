import { PetrelError } from '../../util/errors.ts';
import { rcodeNumber } from '../../wire/iana.ts';
import { equalIgnoringCase } from '../../wire/name.ts';
import { parseRecord } from '../../wire/record-text.ts';
import { qnamePointer } from '../../wire/writer.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { AnswerRecord } from './compose.ts';
import type { Content } from './content.ts';
import { parseBehaviour } from './label-reader.ts';
import type { SeenQuery, Transport } from './query.ts';

/** Which queries a rule is for. What is left out matches everything. */
export interface RuleMatch {
	/** A name; "*.example" for every name below example; "*" for every name. */
	readonly name?: string;
	/** A mnemonic, TYPEnnn, or a number. */
	readonly type?: string | number;
	readonly transport?: Transport;
}

/** An answer in presentation format. An owner "@" is the name that was asked for. */
export interface ExplicitAnswer {
	readonly records?: readonly string[];
	readonly authority?: readonly string[];
	readonly additional?: readonly string[];
	/** A mnemonic or a number up to 4095; 0 when left out. */
	readonly rcode?: string | number;
	readonly flags?: { readonly aa?: boolean; readonly ra?: boolean; readonly ad?: boolean };
	/** Behaviours besides: delays, loss, faults, and `ttlN` for records without a TTL. */
	readonly labels?: string;
}

/** Octets that are sent as they are, but for the query's ID in their first two. */
export interface RawAnswer {
	readonly octets: Uint8Array;
	/** Leaves the ID as it is in `octets`. */
	readonly keepId?: boolean;
	/** Behaviours besides: delays, loss, `twice`, `tcpclose`. */
	readonly labels?: string;
}

/** Builds an answer in code. `reply` makes one as any other rule would. */
export type AnswerFunction = (query: SeenQuery, reply: (action: string | ExplicitAnswer) => Answer) => Answer;

/** What a rule does: labels ("ttl30.nx"), an explicit answer, octets, or a function. */
export type RuleAction = string | ExplicitAnswer | RawAnswer | AnswerFunction;

export interface Rule extends RuleMatch {
	readonly action: RuleAction;
}

/** An action that was checked and made ready. */
export type CompiledAction =
	| { readonly kind: 'behaviour'; readonly behaviour: Behaviour }
	| { readonly kind: 'content'; readonly behaviour: Behaviour; readonly content: Content }
	| {
			readonly kind: 'raw';
			readonly behaviour: Behaviour;
			readonly octets: Uint8Array;
			readonly keepId: boolean;
	  }
	| { readonly kind: 'function'; readonly answer: AnswerFunction };

function compileRecord(line: string, ttlSec: number): AnswerRecord {
	const own = /^\s*@(?=\s)/.exec(line);
	const record = parseRecord(own ? `.${line.slice(own[0].length)}` : line, ttlSec);
	return {
		owner: own ? qnamePointer : record.owner,
		type: record.type,
		ttlSec: record.ttlSec,
		rdata: record.rdata,
	};
}

function compileRcode(code: string | number): number {
	const number = typeof code === 'string' ? rcodeNumber(code) : code;
	if (number === undefined || !Number.isInteger(number) || number < 0 || number > 0xfff) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`rcode "${code}" is neither a mnemonic such as NXDOMAIN nor 0 to 4095`,
		);
	}
	return number;
}

function compileExplicit(answer: ExplicitAnswer, base: Readonly<Behaviour>): CompiledAction {
	const behaviour = parseBehaviour(answer.labels ?? '', base);
	behaviour.aa = answer.flags?.aa ?? behaviour.aa;
	behaviour.ra = answer.flags?.ra ?? behaviour.ra;
	behaviour.ad = answer.flags?.ad ?? behaviour.ad;
	const section = (lines: readonly string[] = []) =>
		lines.map((line) => compileRecord(line, behaviour.ttlSec));
	const content: Content = {
		rcode: compileRcode(answer.rcode ?? 0),
		answer: section(answer.records),
		authority: section(answer.authority),
		additional: section(answer.additional),
	};
	return { kind: 'content', behaviour, content };
}

/** Checks an action. Throws a `PetrelError` that names what is wrong. */
export function compileAction(action: RuleAction, base: Readonly<Behaviour>): CompiledAction {
	if (typeof action === 'string') return { kind: 'behaviour', behaviour: parseBehaviour(action, base) };
	if (typeof action === 'function') return { kind: 'function', answer: action };
	if ('octets' in action) {
		const behaviour = parseBehaviour(action.labels ?? '', base);
		return { kind: 'raw', behaviour, octets: action.octets.slice(), keepId: action.keepId ?? false };
	}
	return compileExplicit(action, base);
}

/** The content with the question's name, in the query's own spelling, wherever a record is owned by it. */
export function ownedByQuestion(content: Content, qname: Uint8Array): Content {
	const point = (record: AnswerRecord): AnswerRecord => {
		const owner = record.owner;
		if (owner === qnamePointer || owner.length !== qname.length) return record;
		return equalIgnoringCase(owner, 0, qname, 0, qname.length) ? { ...record, owner: qnamePointer } : record;
	};
	return {
		rcode: content.rcode,
		answer: content.answer.map(point),
		authority: content.authority.map(point),
		additional: content.additional.map(point),
	};
}
