/**
 * Thresholds: "p99<2ms loss<0.1%". They decide over the exit code of a run (`--threshold`), and are the objective that
 * `--max` looks for the highest rate with.
 */
import { PetrelError } from '../../util/errors.ts';
import { nearest } from '../../util/nearest.ts';
import { findMetric, type MetricKind, metricNames } from './metrics.ts';

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface Threshold {
	/** Without blanks: "p99<2ms". */
	readonly text: string;
	/** In lower case. */
	readonly metric: string;
	readonly operator: Operator;
	/** Microseconds, a share from 0 to 1, a number of queries, or queries a second: by `unit`. */
	readonly limit: number;
	readonly unit: 'us' | 'share' | 'count' | 'perSec';
}

const operators: readonly string[] = ['<', '<=', '>', '>=', '==', '!='];
const durationUnitsUs: Readonly<Record<string, number>> = {
	us: 1,
	µs: 1,
	μs: 1,
	ms: 1000,
	s: 1e6,
	m: 60e6,
};
const multipliers: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/**
 * One or several, separated by blanks or commas; there may be blanks around an operator.
 *
 * @throws PetrelError PETREL_CONFIG naming the column and what would do
 */
export function parseThresholds(text: string): Threshold[] {
	const thresholds: Threshold[] = [];
	const scanner = new Scanner(text);
	while (scanner.more()) thresholds.push(parseOne(scanner));
	if (thresholds.length === 0) throw scanner.fault(0, 'there is no threshold in it, such as p99<2ms');
	return thresholds;
}

function parseOne(scanner: Scanner): Threshold {
	const nameAt = scanner.at;
	const name = scanner.take(/[^\s,<>=!≤≥]+/y);
	if (name === '') throw scanner.fault(nameAt, 'a metric belongs before the operator, as in p99<2ms');
	const metric = findMetric(name);
	if (!metric) throw scanner.fault(nameAt, unknownMetric(name));
	scanner.blanks();
	const operatorAt = scanner.at;
	const operator = spelled(scanner.take(/[<>=!≤≥]+/y));
	if (operator === '')
		throw scanner.fault(operatorAt, `an operator belongs after ${name}, as in ${example(name, metric.kind)}`);
	if (!operators.includes(operator)) {
		throw scanner.fault(operatorAt, `"${operator}" is no operator: there are ${operators.join(' ')}`);
	}
	scanner.blanks();
	const valueAt = scanner.at;
	const value = scanner.take(/[^\s,<>=!≤≥]+/y);
	if (value === '')
		throw scanner.fault(
			valueAt,
			`a value belongs after ${name}${operator}, as in ${example(name, metric.kind)}`,
		);
	const limit = limitOf(value, metric.kind);
	if (typeof limit === 'string')
		throw scanner.fault(valueAt, `${limit}, as in ${example(name, metric.kind)}`);
	return {
		text: `${name}${operator}${value}`,
		metric: name.toLowerCase(),
		operator: operator as Operator,
		...limit,
	};
}

function spelled(operator: string): string {
	const same: Readonly<Record<string, string>> = { '=': '==', '≤': '<=', '≥': '>=', '=<': '<=', '=>': '>=' };
	return same[operator] ?? operator;
}

function example(name: string, kind: MetricKind): string {
	return { duration: `${name}<2ms`, share: `${name}<0.1%`, rate: `${name}>=50k` }[kind];
}

function unknownMetric(name: string): string {
	const near = nearest(name, metricNames);
	const hint =
		near === undefined
			? 'there are p99, max, mean, lag, loss, late, errors, rate, servfail …'
			: `did you mean ${near}?`;
	return `there is no metric "${name}": ${hint}`;
}

/** The limit and its unit, or what is wrong with the text. */
function limitOf(text: string, kind: MetricKind): Pick<Threshold, 'limit' | 'unit'> | string {
	const match = /^(\d+(?:\.\d+)?|\.\d+)(.*)$/.exec(text);
	if (!match) return `"${text}" is no number`;
	const number = Number(match[1]);
	const unit = match[2].toLowerCase();
	if (kind === 'duration') {
		if (unit === '' && number === 0) return { limit: 0, unit: 'us' };
		if (unit === '') return `"${text}" needs a unit: us, ms, s or m`;
		const unitUs = durationUnitsUs[unit];
		return unitUs === undefined ? wrongUnit(unit, 'us, ms, s or m') : { limit: number * unitUs, unit: 'us' };
	}
	if (kind === 'share' && unit === '%') {
		return number > 100 ? `"${text}" is more than all` : { limit: number / 100, unit: 'share' };
	}
	const multiplier = multipliers[kind === 'rate' ? unit.replace(/(?:\/s|qps)$/, '') : unit];
	if (multiplier === undefined) return wrongUnit(unit, kind === 'rate' ? 'k, M or G' : '% or none');
	return { limit: number * multiplier, unit: kind === 'rate' ? 'perSec' : 'count' };
}

function wrongUnit(unit: string, units: string): string {
	return `"${unit}" is no unit of this metric, whose units are ${units}`;
}

/** Where the parser is in the text, for saying where something is wrong. */
class Scanner {
	readonly #text: string;
	at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** Whether anything is left behind blanks and commas. */
	more(): boolean {
		this.take(/[\s,]*/y);
		return this.at < this.#text.length;
	}

	blanks(): void {
		this.take(/\s*/y);
	}

	/** What the sticky pattern matches here; "" if it does not. */
	take(pattern: RegExp): string {
		pattern.lastIndex = this.at;
		const [found] = pattern.exec(this.#text) ?? [''];
		this.at += found.length;
		return found;
	}

	/** @param at from 0 */
	fault(at: number, what: string): PetrelError {
		return new PetrelError('PETREL_CONFIG', `threshold '${this.#text}', column ${at + 1}: ${what}`);
	}
}
