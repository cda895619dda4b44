/** What stands in rules that look at names, here and there the same: kinds of match, names, patterns. */
import { PetrelError } from '../../util/errors.ts';
import { patternLengthMax, Regex, RegexError } from '../../util/regex/regex.ts';
import { nameToWire } from '../../wire/presentation.ts';
import type { NameMatch } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';

const kinds: readonly NameMatch['how'][] = ['exact', 'prefix', 'suffix', 'substring', 'regex'];

export function matchKind(word: Token): NameMatch['how'] | undefined {
	return kinds.find((kind) => kind === word.text.toLowerCase());
}

/** A name, or a part of one, as rules compare them: in lower case and, as CoreDNS has it, with a dot at the end. */
export function dotted(text: string): string {
	const lower = text.toLowerCase();
	return lower.endsWith('.') ? lower : `${lower}.`;
}

/** The match that a rule names; undefined if it cannot be used, which is reported. */
export function readMatch(how: NameMatch['how'], from: Token, report: Report): NameMatch | undefined {
	if (how === 'regex') return readPattern(from, report) && { how, from: from.text };
	if (how === 'exact' && !isName(from, report)) return undefined;
	return { how, from: dotted(from.text) };
}

export function readPattern(word: Token, report: Report): Regex | undefined {
	if (word.text.length > patternLengthMax) {
		report.error(word.at, `a regular expression has at most ${patternLengthMax} characters`);
		return undefined;
	}
	try {
		return new Regex(word.text);
	} catch (thrown) {
		if (!(thrown instanceof RegexError)) throw thrown;
		report.error(
			word.at,
			`\`${word.text}\` cannot be used: ${thrown.message}`,
			"it is read as one of Go's regular expressions",
		);
		return undefined;
	}
}

/** Whether every `{1}` of a replacement is a group of its pattern. */
export function usesGroups(to: Token, regex: Regex, report: Report): boolean {
	for (const [whole, index] of to.text.matchAll(/\{(\d+)\}/g)) {
		if (Number(index) <= regex.groups) continue;
		const has = regex.groups === 0 ? 'no group' : regex.groups === 1 ? 'one group' : `${regex.groups} groups`;
		report.error(to.at, `\`${whole}\`: the expression has ${has}`, 'a group is a part in parentheses');
		return false;
	}
	return true;
}

export function isName(word: Token, report: Report): boolean {
	try {
		nameToWire(dotted(word.text));
		return true;
	} catch (thrown) {
		if (!(thrown instanceof PetrelError)) throw thrown;
		report.error(word.at, `\`${word.text}\` is not a name: ${thrown.message}`);
		return false;
	}
}
