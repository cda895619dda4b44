/** Reads the arguments of a directive or option by its specification: how many, of what form, within which bounds. */

import { nearest } from '../../util/nearest.ts';
import { rcodeNumber } from '../../wire/iana.ts';
import { pillarHint } from '../pillar.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { formatDurationMs, parseDurationMs, parseInteger } from '../units.ts';
import { readZones } from '../zone-key.ts';
import { type ArgumentSpec, Values } from './argument-spec.ts';

/** Integers without a bound of their own still fit in 32 bits with a sign. */
const integerMax = 0x7fff_ffff;

interface ArgumentList {
	readonly name: string;
	readonly args: readonly ArgumentSpec[];
	readonly syntax?: string;
}

/** The arguments that fit their specifications. What does not fit is reported and left out. */
export function readArguments(
	owner: Token,
	words: readonly Token[],
	list: ArgumentList,
	report: Report,
	anyCase?: true,
): Values {
	const values = new Values();
	const errorCountBefore = report.errorCount;
	let index = 0;
	for (const spec of list.args) {
		const first = words[index];
		if (first === undefined) {
			if (spec.optional) continue;
			// After a word that did not fit, what is missing is a guess.
			if (report.errorCount === errorCountBefore) {
				report.error(owner.at, `\`${owner.text}\` needs ${spec.name}`, `write \`${usage(list)}\``);
			}
			return values;
		}
		if (spec.onlyIf && !spec.onlyIf(first.text, values)) continue;
		const end = spec.many ? words.length : index + 1;
		for (; index < end; index++) readOne(owner, words[index], spec, values, report, anyCase);
	}
	if (index < words.length) {
		const extra = words[index];
		const takes = countText.takes(list.args);
		const found = countText.arguments(words.length);
		const hint = pillarHint(extra.text) ?? `write \`${usage(list)}\``;
		report.error(extra.at, `\`${owner.text}\` takes ${takes}, not ${found}: \`${extra.text}\``, hint);
	}
	return values;
}

function readOne(
	owner: Token,
	word: Token,
	spec: ArgumentSpec,
	values: Values,
	report: Report,
	anyCase: true | undefined,
): void {
	const value = readValue(owner, word, spec, report, anyCase);
	if (value !== undefined) values.add(spec.name, word, value);
}

function readValue(
	owner: Token,
	word: Token,
	spec: ArgumentSpec,
	report: Report,
	anyCase: true | undefined,
): number | readonly string[] | undefined {
	const { text, at } = word;
	switch (spec.kind) {
		case 'word':
			return [text];
		case 'zone': {
			const zones = readZones(word, report);
			return zones.length > 0 ? zones : undefined;
		}
		case 'choice': {
			const choice = anyCase ? text.toLowerCase() : text;
			if (spec.choices!.includes(choice)) return [choice];
			report.error(at, `\`${owner.text}\` does not know \`${text}\``, countText.suggest(text, spec.choices!));
			return undefined;
		}
		case 'rcode': {
			// Go's DNS library has the mnemonic of NOTIMP in both spellings.
			const rcode = rcodeNumber(text.toUpperCase() === 'NOTIMPL' ? 'NOTIMP' : text);
			if (rcode === undefined) report.error(at, `\`${text}\` is not an RCODE`, 'write for example SERVFAIL');
			return rcode;
		}
		default:
			return numberOf(owner, word, spec, report);
	}
}

function numberOf(owner: Token, word: Token, spec: ArgumentSpec, report: Report): number | undefined {
	const { text, at } = word;
	const parsed = parseNumber(text, spec);
	if (typeof parsed === 'string') {
		report.error(at, `\`${owner.text} ${text}\`: ${spec.name} must be ${parsed}`, numberHint(text, spec));
		return undefined;
	}
	const value = Math.ceil(parsed);
	const { min = 0, max = integerMax } = spec;
	if (parsed < min || value > max) {
		const bounds =
			spec.max === undefined ? `at least ${show(min, spec)}` : `${show(min, spec)} to ${show(max, spec)}`;
		const limits = value > max && spec.max === undefined ? `at most ${show(max, spec)}` : bounds;
		report.error(at, `\`${owner.text} ${text}\`: ${spec.name} must be ${limits}`);
		return undefined;
	}
	if (value !== parsed) report.warn(at, `\`${text}\` is rounded up to ${show(value, spec)}`);
	return value;
}

/** The number in the unit of the model, or what it should have been. */
function parseNumber(text: string, spec: ArgumentSpec): number | string {
	if (spec.kind === 'duration') {
		const isBare = spec.bareSeconds && /^\d+$/.test(text);
		const durationMs = parseDurationMs(isBare ? `${text}s` : text);
		if (durationMs === undefined) return 'a duration';
		return spec.unit === 's' ? durationMs / 1000 : durationMs;
	}
	if (spec.kind === 'percent') return /^\d+%$/.test(text) ? Number(text.slice(0, -1)) : 'a percentage';
	return parseInteger(text) ?? 'an integer';
}

function numberHint(text: string, spec: ArgumentSpec): string | undefined {
	const pillar = pillarHint(text);
	if (pillar !== undefined) return pillar;
	const isInteger = /^\d+$/.test(text);
	if (spec.kind === 'duration')
		return isInteger ? `with its unit: \`${text}s\`` : 'write for example 30s, 500ms, 1h30m';
	if (spec.kind === 'percent') return isInteger ? `with its sign: \`${text}%\`` : 'write for example 10%';
	const durationMs = parseDurationMs(text);
	if (spec.unit !== 's' || durationMs === undefined || durationMs < 1000) return undefined;
	return `in seconds, without a unit: \`${Math.ceil(durationMs / 1000)}\``;
}

/** A bound or default as it is written in a Corefile. */
export function show(value: number | string, spec: ArgumentSpec): string {
	if (typeof value === 'string') return value;
	if (spec.kind === 'percent') return `${value}%`;
	if (spec.kind === 'duration') return formatDurationMs(spec.unit === 's' ? value * 1000 : value);
	return String(value);
}

/** The line as it is to be written: `success CAPACITY [TTL [MINTTL]]`. */
export function usage(list: ArgumentList): string {
	const rest = list.syntax ?? argumentSyntax(list.args);
	return rest === '' ? list.name : `${list.name} ${rest}`;
}

function argumentSyntax(specs: readonly ArgumentSpec[]): string {
	const [spec, ...rest] = specs;
	if (spec === undefined) return '';
	const base =
		spec.kind === 'choice' ? spec.choices!.join('|') : spec.kind === 'percent' ? `${spec.name}%` : spec.name;
	const word = spec.many ? `${base}...` : base;
	const following = argumentSyntax(rest);
	if (!spec.optional) return following === '' ? word : `${word} ${following}`;
	// An optional argument that is known by its form can be left out alone; others only from the end.
	if (spec.onlyIf) return following === '' ? `[${word}]` : `[${word}] ${following}`;
	return following === '' ? `[${word}]` : `[${word} ${following}]`;
}

export const countText = {
	takes(specs: readonly ArgumentSpec[]): string {
		const least = specs.filter((spec) => !spec.optional).length;
		if (specs.length === 0) return 'no arguments';
		return least === specs.length
			? `exactly ${countText.arguments(least)}`
			: `at most ${countText.arguments(specs.length)}`;
	},

	arguments(count: number): string {
		return count === 1 ? '1 argument' : `${count} arguments`;
	},

	suggest(word: string, names: readonly string[]): string {
		const near = nearest(word, names);
		return near === undefined ? `it knows ${names.join(', ')}` : `did you mean \`${near}\`?`;
	},
};
