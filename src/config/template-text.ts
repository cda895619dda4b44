import type { Placeholder, TemplateRecord } from './model/answers.ts';

/**
 * The records of `template`: presentation format in which Go's templates put in what the query says. petrel knows the plain
 * references to the query and no more of that language; what else stands between braces is refused by its text.
 */

/** Why a text is none, as the end of a sentence. */
export class TemplateTextError extends Error {}

export const knownPlaceholders =
	'.Name, .Zone, .Class, .Type, .Remote, .Match, index .Match N, .Group.NAME, index .Group "NAME", .Message.Id, ' +
	'.Question.Name, .Question.Qtype, .Question.Qclass and parseInt';

const fields: Readonly<Record<string, Placeholder | undefined>> = {
	'.Name': { field: 'name' },
	'.Zone': { field: 'zone' },
	'.Class': { field: 'class' },
	'.Type': { field: 'type' },
	'.Remote': { field: 'remote' },
	'.Match': { field: 'matches' },
	'.Message.Id': { field: 'id' },
	'.Question.Name': { field: 'question-name' },
	'.Question.Qtype': { field: 'qtype' },
	'.Question.Qclass': { field: 'qclass' },
};

/** The pieces of a record. Throws a `TemplateTextError`. */
export function parseTemplateText(text: string): TemplateRecord {
	const pieces: (string | Placeholder)[] = [];
	let literal = '';
	let trims = false;
	let at = 0;
	while (at < text.length) {
		const open = text.indexOf('{{', at);
		const plain = open < 0 ? text.slice(at) : text.slice(at, open);
		literal += trims ? plain.trimStart() : plain;
		trims = false;
		if (open < 0) break;
		const close = text.indexOf('}}', open);
		if (close < 0) throw new TemplateTextError('a `{{` is not closed');
		let action = text.slice(open + 2, close);
		// `{{- ` takes away the blanks before it, ` -}}` those behind.
		if (/^-\s/.test(action)) {
			action = action.slice(1);
			literal = literal.trimEnd();
		}
		if (/\s-$/.test(action)) {
			action = action.slice(0, -1);
			trims = true;
		}
		if (literal !== '') pieces.push(literal);
		literal = '';
		pieces.push(parseAction(action.trim()));
		at = close + 2;
	}
	if (literal !== '') pieces.push(literal);
	return pieces;
}

function parseAction(action: string): Placeholder {
	const field = Object.hasOwn(fields, action) ? fields[action] : undefined;
	if (field) return field;
	const match = /^index\s+\.Match\s+(\d{1,4})$/.exec(action);
	if (match) return { field: 'match', index: Number(match[1]) };
	const group = /^\.Group\.(\w+)$/.exec(action) ?? /^index\s+\.Group\s+["`](\w+)["`]$/.exec(action);
	if (group) return { field: 'group', name: group[1] };
	const inParentheses = /^\((.*)\)$/.exec(action);
	if (inParentheses && !/[()]/.test(inParentheses[1])) return parseAction(inParentheses[1].trim());
	const number = /^parseInt\s+(\S+|\(.*\))\s+(\d{1,2})\s+(\d{1,2})$/.exec(action);
	if (number) return parseNumber(action, number);
	throw new TemplateTextError(`petrel does not have \`{{ ${action} }}\``);
}

function parseNumber(action: string, [, operand, baseText, bitsText]: RegExpExecArray): Placeholder {
	const base = Number(baseText);
	const bits = Number(bitsText) || 64;
	if (base < 2 || base > 36) throw new TemplateTextError(`\`{{ ${action} }}\`: a base is from 2 to 36`);
	if (bits > 64) throw new TemplateTextError(`\`{{ ${action} }}\`: a number has up to 64 bits`);
	const of = parseAction(operand);
	if (of.field === 'number') throw new TemplateTextError(`\`{{ ${action} }}\`: parseInt takes a text`);
	return { field: 'number', of, base, bits };
}

/** The placeholder for groups in a placeholder, if it is or holds one. */
export function groupOf(piece: string | Placeholder): Placeholder | undefined {
	if (typeof piece === 'string') return undefined;
	if (piece.field === 'number') return groupOf(piece.of);
	return piece.field === 'match' || piece.field === 'group' ? piece : undefined;
}
