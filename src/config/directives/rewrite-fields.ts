/** The rules of `rewrite`, a function for each FIELD. What is wrong is reported, and makes no rule. */
import { rcodeNumber, rrType, typeName, typeNumber } from '../../wire/iana.ts';
import type { RewriteRule } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { readAnswers } from './rewrite-answers.ts';
import { dotted, isName, matchKind, readMatch, readPattern, usesGroups } from './rewrite-words.ts';

/** A rule but for `goesOn`. */
export type RuleBody = RewriteRule extends infer Rule
	? Rule extends RewriteRule
		? Omit<Rule, 'goesOn'>
		: never
	: never;

/** @param words behind the field */
export type FieldReader = (field: Token, words: readonly Token[], report: Report) => RuleBody | undefined;

interface Matched {
	readonly match: Exclude<ReturnType<typeof readMatch>, undefined>;
	readonly rest: readonly Token[];
}

/** `[exact|prefix|suffix|substring|regex] FROM` and the `restCount` words behind it. */
function readMatched(
	field: Token,
	words: readonly Token[],
	restCount: number,
	form: string,
	report: Report,
): Matched | undefined {
	const isShort = words.length === restCount + 1;
	if (!isShort && words.length !== restCount + 2) return wrongCount(field, form, report);
	const how = isShort ? 'exact' : kindOf(words[0], report);
	const [from, ...rest] = isShort ? words : words.slice(1);
	const match = how && readMatch(how, from, report);
	return match && { match, rest };
}

function wrongCount(field: Token, form: string, report: Report): undefined {
	report.error(field.at, `\`rewrite ${field.text}\` has another form`, `write \`rewrite ${form}\``);
	return undefined;
}

function kindOf(word: Token, report: Report): ReturnType<typeof matchKind> {
	const kind = matchKind(word);
	if (kind === undefined) {
		report.error(
			word.at,
			`\`${word.text}\` is no kind of match`,
			'write exact, prefix, suffix, substring or regex before FROM',
		);
	}
	return kind;
}

const nameForm = 'name [exact|prefix|suffix|substring|regex] FROM TO [answer …]';

const readName: FieldReader = (field, words, report) => {
	if (words.length < 2) return wrongCount(field, nameForm, report);
	const isShort = words.length === 2;
	const how = isShort ? 'exact' : kindOf(words[0], report);
	if (how === undefined) return undefined;
	const [from, to, ...options] = isShort ? words : words.slice(1);
	const match = readMatch(how, from, report);
	const answers = readAnswers(field, options, report);
	if (!match || !answers || !isReplacement(match.how, from, to, report)) return undefined;
	const auto = answers.auto || how === 'exact';
	return { field: 'name', match, to: dotted(to.text), auto, answers: answers.rules };
};

/** A whole name, or what is put into one. */
function isReplacement(how: string, from: Token, to: Token, report: Report): boolean {
	if (how === 'exact') return isName(to, report);
	return how !== 'regex' || usesGroups(to, readPattern(from, report)!, report);
}

const readType: FieldReader = (field, words, report) => {
	if (words.length !== 2) return wrongCount(field, 'type FROM TO', report);
	const [from, to] = words.map((word) => typeOf(word, report));
	if (from === undefined || to === undefined) return undefined;
	if (to === rrType.OPT || (to >= rrType.TKEY && to < rrType.ANY)) {
		report.error(
			words[1].at,
			`${typeName(to)} is not asked of upstreams`,
			'write a type of records, as A or TXT',
		);
		return undefined;
	}
	return { field: 'type', from, to };
};

function typeOf(word: Token, report: Report): number | undefined {
	const type = typeNumber(word.text);
	if (!type) report.error(word.at, `\`${word.text}\` is not a type`, 'write for example AAAA or TYPE65');
	return type || undefined;
}

const readTtl: FieldReader = (field, words, report) => {
	const matched = readMatched(
		field,
		words,
		1,
		'ttl [exact|prefix|suffix|substring|regex] NAME TTL|MIN-MAX',
		report,
	);
	if (!matched) return undefined;
	const [word] = matched.rest;
	const range = /^(?:(\d+)|(\d*)-(\d*))$/.exec(word.text);
	const [minText, maxText] = range?.[1] === undefined ? [range?.[2], range?.[3]] : [range[1], range[1]];
	const minSec = Number(minText || 0);
	const maxSec = Number(maxText || ttlMaxSec);
	if (!range || word.text === '-' || minSec > maxSec || maxSec > ttlMaxSec) {
		report.error(word.at, `\`${word.text}\` is not a TTL`, 'in seconds: `30`, `30-300`, `30-` or `-300`');
		return undefined;
	}
	return { field: 'ttl', match: matched.match, minSec, maxSec };
};

/** RFC 2181 §8. */
const ttlMaxSec = 0x7fff_ffff;

const readRcode: FieldReader = (field, words, report) => {
	const form = 'rcode [exact|prefix|suffix|substring|regex] NAME FROM TO';
	const matched = readMatched(field, words, 2, form, report);
	if (!matched) return undefined;
	const [from, to] = matched.rest.map((word) => rcodeOf(word, report));
	if (from === undefined || to === undefined) return undefined;
	return { field: 'rcode', match: matched.match, from, to };
};

/** Names that only Go's DNS library has for 16 and above, and numbers. */
const furtherRcodes = [
	'BADSIG',
	'BADKEY',
	'BADTIME',
	'BADMODE',
	'BADNAME',
	'BADALG',
	'BADTRUNC',
	'BADCOOKIE',
];

function rcodeOf(word: Token, report: Report): number | undefined {
	const text = word.text.toUpperCase();
	if (/^\d+$/.test(text) && Number(text) <= 23) return Number(text);
	const further = furtherRcodes.indexOf(text);
	const code = further >= 0 ? 16 + further : rcodeNumber(text === 'NOTIMPL' ? 'NOTIMP' : text);
	if (code === undefined)
		report.error(word.at, `\`${word.text}\` is not an RCODE`, 'write for example SERVFAIL or 2');
	return code;
}

const readCname: FieldReader = (field, words, report) => {
	const form = 'cname [exact|prefix|suffix|substring|regex] FROM TO';
	const matched = readMatched(field, words, 1, form, report);
	if (!matched) return undefined;
	const [to] = matched.rest;
	const from = words[words.length - 2];
	const { how } = matched.match;
	if (!isReplacement(how, from, to, report)) return undefined;
	if (how === 'exact') return { field: 'cname', match: matched.match, to: dotted(to.text) };
	// Unlike in names, no dot is put behind a part.
	const part = how === 'regex' ? from.text : from.text.toLowerCase();
	if (how === 'suffix' && !part.endsWith('.')) {
		report.warn(from.at, `no target ends in \`${part}\`: names end in a dot`, `write \`${part}.\``);
	}
	return { field: 'cname', match: { how, from: part }, to: to.text.toLowerCase() };
};

export const fieldReaders: Readonly<Record<string, FieldReader | undefined>> = {
	name: readName,
	type: readType,
	ttl: readTtl,
	rcode: readRcode,
	cname: readCname,
	class: readClass,
	edns0: readEdns0,
};

const classes = ['IN', 'CH', 'HS', 'NONE', 'ANY'];

/** Queries of another class are refused before any rule, so that rules for them change nothing. */
function readClass(field: Token, words: readonly Token[], report: Report): undefined {
	if (words.length !== 2) return wrongCount(field, 'class FROM TO', report);
	for (const word of words) {
		if (classes.includes(word.text.toUpperCase())) continue;
		report.error(word.at, `\`${word.text}\` is not a class`, `write one of ${classes.join(', ')}`);
		return undefined;
	}
	const [from, to] = words.map((word) => word.text.toUpperCase());
	if (from === 'IN' && to !== 'IN') {
		report.error(words[1].at, `petrel asks no upstream for class ${to}`, 'remove the rule');
		return undefined;
	}
	const why = 'queries of a class other than IN are answered REFUSED';
	report.warn(field.at, `\`rewrite class\` changes nothing: ${why}`, 'remove the rule');
	return undefined;
}

function readEdns0(field: Token, words: readonly Token[], report: Report): undefined {
	const [kind, action] = words;
	const kinds = ['local', 'nsid', 'subnet'];
	if (kind === undefined || !kinds.includes(kind.text.toLowerCase())) {
		const at = kind?.at ?? field.at;
		report.error(at, '`rewrite edns0` needs the kind of option', `it knows ${kinds.join(', ')}`);
		return undefined;
	}
	const actions = ['set', 'append', 'replace', 'unset'];
	if (action === undefined || !actions.includes(action.text.toLowerCase())) {
		report.error((action ?? kind).at, '`rewrite edns0` needs what to do', `it knows ${actions.join(', ')}`);
		return undefined;
	}
	report.warn(
		field.at,
		'`rewrite edns0` changes nothing: EDNS options end at petrel, and one answer is for all clients',
		'remove the rule',
	);
	return undefined;
}
