import type { NameMatch, RewriteRule } from '../config/model/rewriting.ts';
import { compileChange, compileMatch, compileRemap, type NameChange } from './name-pattern.ts';

/** What a rule that fitted a question does to its answer. */
export type ResponseRule =
	| { readonly part: 'name' | 'value' | 'cname'; readonly change: NameChange }
	| { readonly part: 'ttl'; readonly minSec: number; readonly maxSec: number }
	| { readonly part: 'rcode'; readonly from: number; readonly to: number };

/** What the rules make of a question. */
export interface Rewriting {
	readonly name: string;
	readonly qtype: number;
	/** In the order in which they are applied: the last rule's first. */
	readonly response: readonly ResponseRule[];
}

interface Question {
	name: string;
	qtype: number;
}

/** Changes the question if it fits, and says what is to become of the answer; undefined: it does not fit. */
type CompiledRule = (question: Question) => readonly ResponseRule[] | undefined;

/** The `rewrite` rules of a server block. */
export class Rewriter {
	readonly #rules: readonly { readonly goesOn: boolean; readonly apply: CompiledRule }[];

	constructor(rules: readonly RewriteRule[]) {
		this.#rules = rules.map((rule) => ({ goesOn: rule.goesOn, apply: compileRule(rule) }));
	}

	/**
	 * Applies the rules in their order, up to the first that fits and does not say `continue`. Undefined: none fits.
	 *
	 * @param name in lower case, with its last dot
	 */
	rewrite(name: string, qtype: number): Rewriting | undefined {
		const question: Question = { name, qtype };
		const response: ResponseRule[] = [];
		let fits = false;
		for (const { goesOn, apply } of this.#rules) {
			const rules = apply(question);
			if (rules === undefined) continue;
			fits = true;
			response.push(...rules);
			if (!goesOn) break;
		}
		return fits ? { ...question, response: response.reverse() } : undefined;
	}
}

function compileRule(rule: RewriteRule): CompiledRule {
	switch (rule.field) {
		case 'name':
			return compileNameRule(rule);
		case 'type':
			return (question) => {
				if (question.qtype !== rule.from) return undefined;
				question.qtype = rule.to;
				return [];
			};
		case 'ttl': {
			const { minSec, maxSec } = rule;
			return forNames(rule.match, [{ part: 'ttl', minSec, maxSec }]);
		}
		case 'rcode':
			return forNames(rule.match, [{ part: 'rcode', from: rule.from, to: rule.to }]);
		case 'cname': {
			const rules: ResponseRule[] = [{ part: 'cname', change: compileChange(rule.match, rule.to) }];
			return () => rules;
		}
	}
}

function forNames(match: NameMatch, rules: readonly ResponseRule[]): CompiledRule {
	const fits = compileMatch(match);
	return (question) => (fits(question.name) ? rules : undefined);
}

function compileNameRule(rule: RewriteRule & { readonly field: 'name' }): CompiledRule {
	const { match, to, auto } = rule;
	const change = compileChange(match, to);
	const explicit = rule.answers.map(
		({ part, from, to: name }): ResponseRule => ({
			part,
			change: compileChange({ how: 'regex', from }, name),
		}),
	);
	// A suffix is turned back wherever it stands, not only in the name that was asked for.
	const back = compileChange({ how: 'suffix', from: to }, match.from);
	return (question) => {
		const before = question.name;
		const after = change(before);
		if (after === undefined) return undefined;
		question.name = after;
		if (!auto) return explicit;
		const reverse = match.how === 'suffix' ? back : compileRemap(after, before);
		return [{ part: 'name', change: reverse }, { part: 'value', change: reverse }, ...explicit];
	};
}
