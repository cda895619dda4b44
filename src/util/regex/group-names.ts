/**
 * The names of a pattern's groups by their numbers, from 1: `(?P<name>…)` and `(?<name>…)`; undefined for groups without
 * one. The pattern is known to be right.
 */
export function groupNames(pattern: string): readonly (string | undefined)[] {
	const names: (string | undefined)[] = [undefined];
	// A literal text, an escape, a class, or the beginning of a group: what else there is holds no parenthesis.
	const parts = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\((?:\?P?<(\w+)>|(?!\?))/gs;
	for (const part of pattern.matchAll(parts)) {
		if (part[0].startsWith('(')) names.push(part[1]);
	}
	return names;
}
