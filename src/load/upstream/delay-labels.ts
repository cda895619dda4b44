import { type Delay, lognormalDelay, paretoDelay } from './delay.ts';

/**
 * Delays as labels have them: "200ms", "10-50ms", "500us-20ms", "1-100ms-5". Of two times the first has the unit of the
 * second if it has none of its own. Each function gives undefined for what makes no sense.
 */
const number = String.raw`\d{1,9}(?:\.\d{1,6})?`;
const unit = '(?:us|ms|s)';
const oneTime = new RegExp(`^(${number})(${unit})$`);
const twoTimes = new RegExp(`^(${number})(${unit})?-(${number})(${unit})$`);
const twoTimesAndShare = new RegExp(`^(.+)-(${number})$`);

const msOf: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

function readTime(text: string): number | undefined {
	const match = oneTime.exec(text);
	return match ? Number(match[1]) * msOf[match[2]] : undefined;
}

function readTimes(text: string): [number, number] | undefined {
	const match = twoTimes.exec(text);
	if (!match) return undefined;
	const [, first, firstUnit, second, secondUnit] = match;
	return [Number(first) * msOf[firstUnit ?? secondUnit], Number(second) * msOf[secondUnit]];
}

export function readFixed(text: string): Delay | undefined {
	const ms = readTime(text);
	return ms === undefined ? undefined : { kind: 'fixed', ms };
}

export function readExponential(text: string): Delay | undefined {
	const meanMs = readTime(text);
	return meanMs === undefined ? undefined : { kind: 'exponential', meanMs };
}

export function readUniform(text: string): Delay | undefined {
	const [fromMs, toMs] = readTimes(text) ?? [1, 0];
	return fromMs <= toMs ? { kind: 'uniform', fromMs, toMs } : undefined;
}

export function readLognormal(text: string): Delay | undefined {
	const [medianMs, p99Ms] = readTimes(text) ?? [0, 0];
	return medianMs > 0 && medianMs <= p99Ms ? lognormalDelay(medianMs, p99Ms) : undefined;
}

export function readPareto(text: string): Delay | undefined {
	const [leastMs, p99Ms] = readTimes(text) ?? [0, 0];
	return leastMs > 0 && leastMs < p99Ms ? paretoDelay(leastMs, p99Ms) : undefined;
}

export function readBimodal(text: string): Delay | undefined {
	const match = twoTimesAndShare.exec(text);
	const times = match && readTimes(match[1]);
	const percent = Number(match?.[2]);
	if (!times || percent > 100) return undefined;
	return { kind: 'bimodal', mostMs: times[0], otherMs: times[1], otherShare: percent / 100 };
}
