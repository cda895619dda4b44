/** Values of the flags of `petrel policies`. */
import { InvalidArgumentError } from 'commander';
import type { Prefetch } from '../../lab/simulate/lab-cache.ts';
import { prefetchDefaults, type ServeStale, staleDefaults } from '../../lab/simulate/settings.ts';
import { choices } from '../../lab/study/choices.ts';
import type { SizeWish } from '../../lab/study/sizes.ts';
import type { CsvColumns } from '../../lab/traces/csv-columns.ts';
import { parseCount, parseShare, parseSpan } from '../load/values.ts';
import { parseSize } from '../values.ts';

/** A value with the words that it was given in, for the report. */
export interface Written<T> {
	readonly written: string;
	readonly value: T;
}

export function written<T>(parse: (text: string) => T): (text: string) => Written<T> {
	return (text) => ({ written: text.trim(), value: parse(text.trim()) });
}

function partsOf(text: string): string[] {
	return text.split(/[\s,]+/).filter((part) => part !== '');
}

const entriesMax = 0x7fff_ffff;
const bytesMax = 2 ** 40;
/** Beyond it everything fits twice, and a share means nothing more. */
const shareMax = 10;

/** "64KiB,1MiB,10%,5000": octets with a unit, shares of the footprint, and entries. May be given several times. */
export function parseSizes(text: string, previous: readonly SizeWish[]): readonly SizeWish[] {
	return [...previous, ...partsOf(text).map(parseOneSize)];
}

function parseOneSize(text: string): SizeWish {
	const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
	if (share !== null) {
		const amount = Number(share[1]) / 100;
		if (amount > 0 && amount <= shareMax) return { written: text, unit: 'share', amount };
		throw new InvalidArgumentError(`${text}: a share of the footprint is above 0% and at most 1000%.`);
	}
	if (/^\d+$/.test(text)) {
		const amount = Number(text);
		if (amount >= 1 && amount <= entriesMax) return { written: text, unit: 'entries', amount };
		throw new InvalidArgumentError(`${text}: a size in entries is a whole number from 1 to ${entriesMax}.`);
	}
	const amount = isSize(text) ? parseSize(text) : Number.NaN;
	if (amount >= 1 && amount <= bytesMax) return { written: text, unit: 'bytes', amount };
	throw new InvalidArgumentError(
		`${JSON.stringify(text)} is no size: write octets with a unit (64KiB, 1MiB), a share of the footprint (10%) or entries (5000).`,
	);
}

function isSize(text: string): boolean {
	return /^\d+(?:\.\d+)?(?:b|[kmg](?:i?b)?)$/i.test(text);
}

/** Names of policies; `all` stands for every one. Whether there are such is seen when they are looked up. */
export function parsePolicies(text: string, previous: readonly string[]): readonly string[] {
	const named = partsOf(text).flatMap((name) => (name === 'all' ? choices.map(({ name }) => name) : [name]));
	return [...previous, ...named];
}

const yearSec = 365 * 86_400;
const maxTtlSec = 0x7fff_ffff;

/** Seconds: "60", "60s", "5m". */
export function parseTtl(text: string): number {
	if (/^\d+$/.test(text)) return parseCount('A TTL', 0, maxTtlSec)(text);
	return parseSpan('A TTL', 0, yearSec * 1000)(text) / 1000;
}

/** As `serve_stale` of the directive `cache`: "", "1h", "1h verify", "30m immediate". Recheck after 30 s. */
export function parseServeStale(text: string): ServeStale {
	let { windowSec, mode } = staleDefaults;
	for (const part of partsOf(text)) {
		if (part === 'verify' || part === 'immediate') mode = part;
		else
			windowSec = parseSpan('The time for which stale answers are served', 1000, yearSec * 1000)(part) / 1000;
	}
	return { ...staleDefaults, windowSec, mode };
}

/** As `prefetch` of the directive `cache`: "5", "5 1m", "5 1m 10%". */
export function parsePrefetch(text: string): Prefetch {
	const [amount = '', duration, percentage, ...more] = partsOf(text);
	if (more.length > 0) {
		throw new InvalidArgumentError(
			'It is hits, a duration and a share, such as "5 1m 10%", and nothing more.',
		);
	}
	return {
		amount: parseCount('The number of hits', 1, 127)(amount),
		durationSec:
			duration === undefined
				? prefetchDefaults.durationSec
				: parseSpan('The longest gap between hits', 1000, 2_040_000)(duration) / 1000,
		percentage: percentage === undefined ? prefetchDefaults.percentage : parsePercentage(percentage),
	};
}

function parsePercentage(text: string): number {
	const percent = Math.round(parseShare(text) * 100);
	if (percent >= 10 && percent <= 90) return percent;
	throw new InvalidArgumentError('The part of its time that is left is from 10% to 90%.');
}

const roles = ['id', 'time', 'size'] as const;

/** "id=5,time=2,size=4": columns of a csv by number, from 1 on, or name. */
export function parseColumns(text: string): CsvColumns {
	const columns: { id?: string; time?: string; size?: string } = {};
	for (const part of partsOf(text)) {
		const at = part.indexOf('=');
		const role = roles.find((role) => role === part.slice(0, Math.max(0, at)));
		if (role === undefined || at === part.length - 1) {
			throw new InvalidArgumentError(
				'Columns are id=, time= and size= with a number or a name: id=5,time=2,size=4.',
			);
		}
		columns[role] = part.slice(at + 1);
	}
	return columns;
}

/** A share that is above 0. */
export function parsePositiveShare(text: string): number {
	const share = parseShare(text);
	if (share > 0) return share;
	throw new InvalidArgumentError('A share is above 0% and at most 100%, such as 1% or 0.01.');
}
