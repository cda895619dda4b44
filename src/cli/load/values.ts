/** Values of `petrel load`'s flags. */
import { InvalidArgumentError } from 'commander';

const multipliers: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 };

/** "20k", "1.5M", "800": a number with a unit of thousands. */
function parseQuantity(text: string): number {
	const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text.trim());
	return match ? Number(match[1]) * multipliers[match[2].toLowerCase()] : Number.NaN;
}

function bounded(value: number, min: number, max: number, what: string): number {
	if (!(value >= min && value <= max)) throw new InvalidArgumentError(what);
	return value;
}

/** Beyond it no socket of this machine goes, and every figure is the generator's. */
export const rateMax = 5_000_000;

/** Queries a second. */
export function parseRate(text: string): number {
	const what = `A rate is a number of queries a second from 0.1 to ${rateMax}, such as 800, 20k or 1.5M.`;
	return bounded(parseQuantity(text.replace(/\/s$/, '')), 0.1, rateMax, what);
}

export interface Ramp {
	readonly fromQps: number;
	readonly toQps: number;
}

/** "1k..200k" */
export function parseRamp(text: string): Ramp {
	const [from, to, ...more] = text.split('..');
	if (to === undefined || more.length > 0) {
		throw new InvalidArgumentError('A ramp is two rates with two dots between them, such as 1k..200k.');
	}
	return { fromQps: parseRate(from), toQps: parseRate(to) };
}

/** Whole numbers, also with a unit of thousands. */
export function parseCount(what: string, min: number, max: number): (text: string) => number {
	return (text) => {
		const value = parseQuantity(text);
		const message = `${what} is a whole number from ${min} to ${max}.`;
		if (!Number.isInteger(value)) throw new InvalidArgumentError(message);
		return bounded(value, min, max, message);
	};
}

/** A number with a fraction. */
export function parseNumber(what: string, min: number, max: number): (text: string) => number {
	return (text) => {
		const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
		return bounded(value, min, max, `${what} is a number from ${min} to ${max}.`);
	};
}

/** "90%" or "0.9": from 0 to 1. */
export function parseShare(text: string): number {
	const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
	const value = match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : Number.NaN;
	return bounded(value, 0, 1, 'A share is a number from 0% to 100%, such as 90% or 0.9.');
}

const durationUnitsMs: Readonly<Record<string, number>> = {
	us: 0.001,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

/** Milliseconds: "100us", "2s", "1m30s", 0. */
export function parseSpan(what: string, minMs: number, maxMs: number): (text: string) => number {
	return (text) => {
		const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
		const whole = parts.map(([part]) => part).join('') === text && parts.length > 0;
		const sumMs = parts.reduce((sum, [, number, unit]) => sum + Number(number) * durationUnitsMs[unit], 0);
		const ms = text === '0' ? 0 : whole ? sumMs : Number.NaN;
		const example = `${what} is a number with a unit, such as 500ms or 10s, from ${spanText(minMs)} to ${spanText(maxMs)}.`;
		return bounded(ms, minMs, maxMs, example);
	};
}

function spanText(ms: number): string {
	if (ms === 0) return '0';
	if (ms < 1) return `${ms * 1000}us`;
	if (ms < 1000) return `${ms}ms`;
	return ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${ms / 1000}s`;
}
