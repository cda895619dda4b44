import type { AnswerRule } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { dotted, readPattern, usesGroups } from './rewrite-words.ts';

export interface Answers {
	readonly auto: boolean;
	readonly rules: readonly AnswerRule[];
}

const forms = 'write `answer auto`, `answer name FROM TO` or `answer value FROM TO`';

/** `answer auto`, `answer name FROM TO`, `answer value FROM TO`, one or more; the word `answer` may stand but once. */
export function readAnswers(field: Token, words: readonly Token[], report: Report): Answers | undefined {
	const rules: AnswerRule[] = [];
	let auto = false;
	if (words.length > 0 && words[0].text !== 'answer') {
		report.error(words[0].at, `\`${words[0].text}\` is one word too many in \`rewrite name\``, forms);
		return undefined;
	}
	for (let i = 0; i < words.length; ) {
		const at = words[i];
		if (at.text === 'answer') i++;
		const part = words[i++];
		// CoreDNS's own manual writes `answer name auto`.
		const isAuto = part?.text === 'auto' || (part?.text === 'name' && words[i]?.text === 'auto');
		if (isAuto) {
			if (part.text === 'name') i++;
			auto = true;
			continue;
		}
		if (part?.text !== 'name' && part?.text !== 'value') {
			report.error(
				(part ?? at).at,
				part ? `\`answer\` does not know \`${part.text}\`` : '`answer` needs more',
				forms,
			);
			return undefined;
		}
		const rule = readRule(part, words[i], words[i + 1], report);
		if (rule === undefined) return undefined;
		rules.push(rule);
		i += 2;
	}
	if (auto && rules.some(({ part }) => part === 'name')) {
		report.error(field.at, '`answer auto` and `answer name` exclude each other', 'remove one of them');
		return undefined;
	}
	return { auto, rules };
}

function readRule(
	part: Token,
	from: Token | undefined,
	to: Token | undefined,
	report: Report,
): AnswerRule | undefined {
	if (from === undefined || to === undefined) {
		report.error(part.at, `\`answer ${part.text}\` needs FROM and TO`, forms);
		return undefined;
	}
	const regex = readPattern(from, report);
	if (regex === undefined || !usesGroups(to, regex, report)) return undefined;
	return { part: part.text as 'name' | 'value', from: from.text, to: dotted(to.text) };
}
