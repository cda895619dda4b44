import type { NameMatch } from '../config/model/rewriting.ts';
import { Regex } from '../util/regex/regex.ts';

/** Changes a name; undefined: the rule is not for it. */
export type NameChange = (name: string) => string | undefined;

export function compileMatch(match: NameMatch): (name: string) => boolean {
	const change = compileChange(match, '');
	return (name) => change(name) !== undefined;
}

/** @param to what takes the place of the part that matched; for a regular expression, of the whole name, with `{1}` for its groups */
export function compileChange({ how, from }: NameMatch, to: string): NameChange {
	switch (how) {
		case 'exact':
			return (name) => (name === from ? to : undefined);
		case 'prefix':
			return (name) => (name.startsWith(from) ? to + name.slice(from.length) : undefined);
		case 'suffix':
			return (name) => (name.endsWith(from) ? name.slice(0, name.length - from.length) + to : undefined);
		case 'substring':
			return (name) => (name.includes(from) ? name.replaceAll(from, () => to) : undefined);
		case 'regex': {
			const regex = new Regex(from);
			return (name) => {
				const groups = regex.match(name);
				return groups && to.replace(/\{(\d+)\}/g, (whole, index) => groups[Number(index)] ?? whole);
			};
		}
	}
}

/** The other way: `from` and what is below it become `to` and what is below that. */
export function compileRemap(from: string, to: string): NameChange {
	const below = `.${from}`;
	return (name) => {
		if (name === from) return to;
		return name.endsWith(below) ? name.slice(0, name.length - from.length) + to : undefined;
	};
}
