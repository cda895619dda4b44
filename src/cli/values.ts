import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { maxShards } from '../forward/claims.ts';
import type { ListenAddress } from '../server/listen-plan.ts';

const sizeUnits: Readonly<Record<string, number>> = {
	'': 1,
	b: 1,
	k: 1024,
	kib: 1024,
	kb: 1000,
	m: 1024 ** 2,
	mib: 1024 ** 2,
	mb: 1000 ** 2,
	g: 1024 ** 3,
	gib: 1024 ** 3,
	gb: 1000 ** 3,
};

const durationUnitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const mebibyte = 1024 * 1024;
export const cacheBytesMin = mebibyte;
export const cacheBytesMax = 64 * 1024 * mebibyte;
export const workersMax = maxShards;

/** Octets: "32MiB", "512k", "1000000". */
export function parseSize(text: string): number {
	const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
	const unit = match ? sizeUnits[match[2].toLowerCase()] : undefined;
	if (!match || unit === undefined) {
		throw new InvalidArgumentError('A size is a number with a unit, such as 32MiB or 512KiB.');
	}
	return Math.floor(Number(match[1]) * unit);
}

export function parseCacheSize(text: string): number {
	const bytes = parseSize(text);
	if (bytes < cacheBytesMin || bytes > cacheBytesMax) {
		throw new InvalidArgumentError('The cache holds from 1MiB to 64GiB.');
	}
	return bytes;
}

/** Milliseconds: "2s", "500ms", "1m30s". */
export function parseDuration(text: string): number {
	const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
	if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
		throw new InvalidArgumentError('A duration is a number with a unit, such as 2s or 500ms.');
	}
	return parts.reduce((sumMs, [, number, unit]) => sumMs + Number(number) * durationUnitsMs[unit], 0);
}

function parseWhole(text: string, min: number, max: number, what: string): number {
	const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (!(number >= min && number <= max)) {
		throw new InvalidArgumentError(`${what} is a whole number from ${min} to ${max}.`);
	}
	return number;
}

export function parseWorkers(text: string): number {
	return parseWhole(text, 1, workersMax, 'The number of workers');
}

/**
 * The environment's name for `--port`. Not PETREL_PORT: Kubernetes sets that to "tcp://..." in every pod beside a Service
 * named petrel.
 */
export const portVariable = 'PETREL_DNS_PORT';

export function parsePort(text: string): number {
	return parseWhole(text, 0, 0xffff, 'A port');
}

/** "127.0.0.1:53", "[::1]:53", ":53" (every address of the machine), "0.0.0.0:53" (all IPv4). */
export function parseListen(text: string): ListenAddress {
	const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d+)$/.exec(text);
	const address = match?.[1] ?? match?.[2];
	if (!match || (address && isIP(address) === 0)) {
		const example = isIP(text) === 6 ? `[${text}]:53` : isIP(text) === 4 ? `${text}:53` : '127.0.0.1:1053';
		throw new InvalidArgumentError(`An address to listen on has the form ADDR:PORT, such as ${example}.`);
	}
	return { address: address || undefined, port: parsePort(match[3]) };
}

/** For a flag that may be repeated, or take several values at once, separated by commas or spaces. */
export function collect<T>(
	parse: (text: string) => T,
): (text: string, previous: readonly T[]) => readonly T[] {
	return (text, previous) => {
		const items = text.split(/[\s,]+/).filter((item) => item !== '');
		return [...previous, ...items.map(parse)];
	};
}

export interface QueryServer {
	readonly address: string;
	/** undefined: the flag's, or the default. */
	readonly port: number | undefined;
}

/** "@127.0.0.1", "@127.0.0.1:1053", "@[::1]:1053", "@::1" */
export function parseQueryServer(text: string): QueryServer {
	const bare = text.replace(/^@/, '');
	if (isIP(bare) !== 0) return { address: bare, port: undefined };
	const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(bare);
	const address = match?.[1] ?? match?.[2] ?? '';
	if (!match || isIP(address) === 0) {
		throw new InvalidArgumentError(
			'A server is @ADDRESS or @ADDRESS:PORT with an IP address, such as @127.0.0.1:1053.',
		);
	}
	return { address, port: match[3] === undefined ? undefined : parsePort(match[3]) };
}
