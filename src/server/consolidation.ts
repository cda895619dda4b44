import type { ConsolidateRule, LogLevel } from '../config/model/operations.ts';
import { Regex } from '../util/regex/regex.ts';

/** A duration as Go writes it: `5m0s`, `1h0m0s`, `1.5s`, `500ms`. */
export function goDurationText(durationMs: number): string {
	if (durationMs < 1) return `${Number((durationMs * 1000).toFixed(3))}µs`;
	if (durationMs < 1000) return `${durationMs}ms`;
	const hours = Math.floor(durationMs / 3_600_000);
	const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
	const seconds = `${(durationMs % 60_000) / 1000}s`;
	if (hours > 0) return `${hours}h${minutes}m${seconds}`;
	return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** Characters of a cause that are looked at. */
const subjectMax = 1024;

interface Counted {
	readonly rule: ConsolidateRule;
	readonly pattern: Regex;
	count: number;
	timer: NodeJS.Timeout | undefined;
}

/** `consolidate` of one server block: counts errors that are alike, and says how many they were. */
export class Consolidation {
	readonly #counted: readonly Counted[];
	readonly #write: (level: LogLevel, text: string, count: number) => void;

	/** @param write writes how many errors of a rule there were */
	constructor(
		rules: readonly ConsolidateRule[],
		write: (level: LogLevel, text: string, count: number) => void,
	) {
		this.#write = write;
		this.#counted = rules.map((rule) => ({
			rule,
			pattern: new Regex(rule.pattern),
			count: 0,
			timer: undefined,
		}));
	}

	/** Counts an error. The level that it is to be written with by itself; undefined: it is not. */
	count(cause: string): LogLevel | undefined {
		const counted = this.#counted.find(
			({ pattern }) => pattern.match(cause.slice(0, subjectMax)) !== undefined,
		);
		if (counted === undefined) return 'error';
		const { rule } = counted;
		if (++counted.count > 1) return undefined;
		counted.timer = setTimeout(() => this.#tell(counted), rule.periodMs);
		return rule.showFirst ? rule.level : undefined;
	}

	/** Says what was counted so far. */
	close(): void {
		for (const counted of this.#counted) this.#tell(counted);
	}

	#tell(counted: Counted): void {
		clearTimeout(counted.timer);
		const { rule, count } = counted;
		counted.count = 0;
		if (count === 0 || (count === 1 && rule.showFirst)) return;
		const period = goDurationText(rule.periodMs);
		this.#write(rule.level, `${count} errors like '${rule.pattern}' occurred in last ${period}`, count);
	}
}
