/** Flags that say what a server does around its cache. */
import { Option } from 'commander';
import type { Prefetch } from '../../lab/simulate/lab-cache.ts';
import type { ServeStale, SimulationSettings } from '../../lab/simulate/settings.ts';
import { parseCount, parseShare } from '../load/values.ts';
import { parsePrefetch, parseServeStale, parseTtl, type Written, written } from './values.ts';

export interface ServerOptions {
	readonly ttl?: Written<number>;
	readonly negativeTtl?: Written<number>;
	readonly minTtl?: Written<number>;
	readonly maxTtl?: Written<number>;
	readonly minNegativeTtl?: Written<number>;
	readonly maxNegativeTtl?: Written<number>;
	readonly ttlInclusive: boolean;
	readonly serveStale?: Written<ServeStale>;
	readonly prefetch?: Written<Prefetch>;
	readonly negativeShare?: Written<number>;
	readonly warmupRequests?: Written<number>;
}

const requestsMost = 2_000_000_000;

export function serverOptions(): Option[] {
	const ttl = (flags: string, text: string, env: string): Option =>
		new Option(flags, text).argParser(written(parseTtl)).env(env);
	return [
		ttl(
			'--ttl <time>',
			'TTL of answers where the trace has none (default: 60s); of what is made up (default: as measured); of objects (default: for ever)',
			'PETREL_TRACE_TTL',
		),
		ttl(
			'--negative-ttl <time>',
			'the same of denials (default: --ttl; 60s of what is made up)',
			'PETREL_NEGATIVE_TTL',
		),
		ttl(
			'--min-ttl <time>',
			'smaller TTLs are raised to it; above 0, answers with TTL 0 are kept',
			'PETREL_MIN_TTL',
		),
		ttl('--max-ttl <time>', 'larger TTLs are lowered to it', 'PETREL_MAX_TTL'),
		ttl('--min-negative-ttl <time>', 'the same for denials (default: --min-ttl)', 'PETREL_MIN_NEGATIVE_TTL'),
		ttl('--max-negative-ttl <time>', 'the same for denials (default: --max-ttl)', 'PETREL_MAX_NEGATIVE_TTL'),
		new Option(
			'--ttl-inclusive',
			'an answer can be used in the moment when its time is over, as libCacheSim has it',
		)
			.default(false)
			.env('PETREL_TTL_INCLUSIVE'),
		new Option(
			'--serve-stale <how>',
			'answer with what has expired, for so long: as serve_stale of the Corefile, "1h" or "1h verify"',
		)
			.argParser(written(parseServeStale))
			.env('PETREL_SERVE_STALE'),
		new Option(
			'--prefetch <when>',
			'ask anew for what is popular before it expires: as prefetch of the Corefile, "5 1m 10%"',
		)
			.argParser(written(parsePrefetch))
			.env('PETREL_PREFETCH'),
		new Option('--negative-share <share>', 'of each cache, a part for denials alone; not of petrel’s own')
			.argParser(written(parseShare))
			.env('PETREL_NEGATIVE_SHARE'),
		new Option('--warmup-requests <count>', 'the first requests fill the caches and are not counted')
			.argParser(written(parseCount('The number of requests', 0, requestsMost)))
			.env('PETREL_WARMUP_REQUESTS'),
	];
}

const largest = 0xffff_ffff;

export function simulationOf(
	options: ServerOptions,
): Pick<SimulationSettings, 'bounds' | 'serveStale' | 'prefetch' | 'warmupRequests'> {
	const { minTtl, maxTtl, minNegativeTtl = minTtl, maxNegativeTtl = maxTtl } = options;
	return {
		bounds: {
			successMinSec: minTtl?.value ?? 0,
			successMaxSec: maxTtl?.value ?? largest,
			denialMinSec: minNegativeTtl?.value ?? 0,
			denialMaxSec: maxNegativeTtl?.value ?? largest,
		},
		serveStale: options.serveStale?.value,
		prefetch: options.prefetch?.value,
		warmupRequests: options.warmupRequests?.value,
	};
}
