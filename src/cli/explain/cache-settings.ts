import type { CacheOptions, ServerBlock, SourcePosition } from '../../config/model.ts';
import type { SourceBlock, Statement } from '../../config/syntax.ts';
import { formatDurationMs } from '../../config/units.ts';
import { directivesOf, optionOf } from '../written.ts';
import type { Setting } from './settings.ts';

export function cacheSettings({ cache }: ServerBlock, written: SourceBlock): Setting[] {
	const statement = directivesOf(written, 'cache').at(-1);
	if (cache === undefined || statement === undefined) {
		return [{ directive: 'cache', name: 'answers', value: 'none is kept', origin: undefined }];
	}
	const row = (name: string, value: string, option: string | undefined = name): Setting => ({
		directive: 'cache',
		name,
		value,
		origin: option === undefined ? statement.name.at : optionOf(statement, option)?.name.at,
	});
	return [
		{ ...row('zones', cache.zones.join(' ')), origin: zonesOrigin(statement) },
		{
			...row('success', boundsText(cache.successTtlMinSec, cache.successTtlMaxSec)),
			origin: ttlOrigin(statement, 'success'),
		},
		{
			...row('denial', boundsText(cache.denialTtlMinSec, cache.denialTtlMaxSec)),
			origin: ttlOrigin(statement, 'denial'),
		},
		row('servfail', servfailText(cache.servfailSec)),
		...disabledRows(cache, statement),
		row('serve_stale', staleText(cache)),
		row('prefetch', prefetchText(cache)),
		...(cache.keepTtl ? [row('keepttl', 'clients get the TTL that came, not what is left')] : []),
		...(cache.preferPositive ? [preferPositive(statement, row)] : []),
		...(cache.nxdomainCut ? [row('nxdomain_cut', 'a denied name denies the names below it')] : []),
	];
}

function preferPositive(statement: Statement, row: (name: string, value: string) => Setting): Setting {
	const option = optionOf(statement, 'prefer_positive') ?? optionOf(statement, 'serve_stale_policy');
	return {
		...row('prefer_positive', 'a stale answer rather than a new denial'),
		origin: option?.name.at,
	};
}

function boundsText(minSec: number, maxSec: number): string {
	return minSec === 0
		? `for its TTL, at most ${maxSec} s`
		: `for its TTL, at least ${minSec} s, at most ${maxSec} s`;
}

function servfailText(sec: number): string {
	return sec === 0 ? 'failures are not held' : `failures are held ${sec} s, doubling to 300 s`;
}

function disabledRows(cache: CacheOptions, statement: Statement): Setting[] {
	const rows: Setting[] = [];
	for (const [kind, zones] of [
		['success', cache.disableSuccess],
		['denial', cache.disableDenial],
	] as const) {
		if (zones.length === 0) continue;
		const option = statement.block?.findLast(
			({ name, args }) => name.text === 'disable' && args[0]?.text === kind,
		);
		const value = `not kept for names in ${zones.join(' ')}`;
		rows.push({ directive: 'cache', name: `disable ${kind}`, value, origin: option?.name.at });
	}
	return rows;
}

export function staleText({ serveStale }: CacheOptions): string {
	if (serveStale === undefined) return 'off';
	const { windowSec, mode, verifyTimeoutMs, replyTtlSec, recheckSec } = serveStale;
	const wait =
		verifyTimeoutMs === 0 ? 'once the upstream fails' : `after ${formatDurationMs(verifyTimeoutMs)}`;
	const when = mode === 'immediate' ? 'at once, then one refresh' : `${wait}, the upstream is asked first`;
	const window = formatDurationMs(windowSec * 1000);
	return `up to ${window} past the TTL, ${when}; TTL ${replyTtlSec} s, next try ${recheckSec} s after a failure`;
}

export function prefetchText({ prefetch }: CacheOptions): string {
	if (prefetch === undefined) return 'off';
	const { amount, durationSec, percentage } = prefetch;
	const gap = formatDurationMs(durationSec * 1000);
	return `after ${amount} queries less than ${gap} apart, when ${percentage}% of the TTL is left`;
}

/** Where the bounds of answers or denials were said: by the option, or for both by the TTL of the line. */
function ttlOrigin(statement: Statement, option: 'success' | 'denial'): SourcePosition | undefined {
	const own = optionOf(statement, option);
	if (own !== undefined && own.args.length > 1) return own.name.at;
	const [first] = statement.args;
	return first !== undefined && /^[+-]?\d+$/.test(first.text) ? statement.name.at : undefined;
}

function zonesOrigin({ args, name }: Statement): SourcePosition | undefined {
	const zones = args.filter((word, index) => index > 0 || !/^[+-]?\d+$/.test(word.text));
	return zones.length > 0 ? name.at : undefined;
}
