import type { CacheOptions } from '../model.ts';
import { parseDurationMs } from '../units.ts';
import type { CacheDraft } from './cache-draft.ts';
import { cacheStaleOptions } from './cache-stale.ts';
import { type ArgumentSpec, directive, type OptionSpec, type StatementContext, type Values } from './spec.ts';
import { zonesArgument } from './zones-argument.ts';

const successTtlMaxSec = 3600;
const denialTtlMaxSec = 1800;

const ttl: ArgumentSpec = {
	name: 'TTL',
	kind: 'integer',
	optional: true,
	unit: 's',
	min: 1,
	default: `${successTtlMaxSec} for answers, ${denialTtlMaxSec} for denials`,
	onlyIf: (word) => /^[+-]?\d+$/.test(word),
	text: 'the longest time that answers and denials are kept',
};

const zones = zonesArgument('only names in these zones are kept');

const servfail = {
	name: 'DURATION',
	kind: 'duration',
	unit: 's',
	min: 0,
	max: 300,
	default: 5,
	text: 'the first hold; 0 keeps no failures',
} as const satisfies ArgumentSpec;

const prefetchGap = {
	name: 'DURATION',
	kind: 'duration',
	optional: true,
	unit: 's',
	min: 0,
	default: 60,
	text: 'the longest gap between two of those queries',
} as const satisfies ArgumentSpec;

const prefetchPercentage = {
	name: 'PERCENTAGE',
	kind: 'percent',
	optional: true,
	min: 10,
	max: 90,
	default: 10,
	text: 'the part of its time that is left when an entry is fetched anew',
} as const satisfies ArgumentSpec;

/** `success` and `denial` differ only in what they bound. */
function ttlOption(name: 'success' | 'denial', of: string, defaultMaxSec: number): OptionSpec<CacheDraft> {
	return {
		name,
		args: [
			{ name: 'CAPACITY', kind: 'integer', text: 'accepted, and bounds nothing' },
			{
				name: 'TTL',
				kind: 'integer',
				optional: true,
				unit: 's',
				min: 1,
				default: defaultMaxSec,
				text: 'longest time',
			},
			{
				name: 'MINTTL',
				kind: 'integer',
				optional: true,
				unit: 's',
				min: 0,
				default: 0,
				text: 'shortest time',
			},
		],
		text: `how long ${of} are kept`,
		coredns: 'CAPACITY counts entries there; here `--cache-size` bounds the octets of all. MINTTL is 5 there',
		apply: (draft, values, { statement, report }) => {
			draft.capacity ??= statement.args[0];
			const maxSec = values.number('TTL') ?? draft[`${name}TtlMaxSec`];
			const minSec = values.number('MINTTL') ?? draft[`${name}TtlMinSec`];
			if (minSec > maxSec) {
				const message = `MINTTL ${minSec} is above TTL ${maxSec}: everything is kept for ${maxSec} s`;
				report.warn(statement.args[2].at, message);
			}
			draft[`${name}TtlMaxSec`] = maxSec;
			draft[`${name}TtlMinSec`] = Math.min(minSec, maxSec);
		},
	};
}

function begin(values: Values, { statement, zones: blockZones, report }: StatementContext): CacheDraft {
	for (const word of statement.args) {
		const durationMs = parseDurationMs(word.text);
		const looksLikeTtl =
			durationMs !== undefined && (word !== statement.args[0] || !/^[+-]?\d+$/.test(word.text));
		if (!looksLikeTtl || durationMs < 0) continue;
		const seconds = Math.ceil(durationMs / 1000) || 1;
		report.warn(
			word.at,
			`\`${word.text}\` is read as a zone, so only names in \`${word.text}.\` are cached`,
			`for a time write \`cache ${seconds}\`, or \`success\` and \`denial\` in a block`,
			'cache-time-as-zone',
		);
	}
	const bothMaxSec = values.number(ttl.name);
	const given = values.allTexts(zones.name);
	return {
		zones: given.length > 0 ? given : blockZones,
		successTtlMaxSec: bothMaxSec ?? successTtlMaxSec,
		successTtlMinSec: 0,
		denialTtlMaxSec: bothMaxSec ?? denialTtlMaxSec,
		denialTtlMinSec: 0,
		servfailSec: servfail.default,
		disableSuccess: [],
		disableDenial: [],
		keepTtl: false,
		serveStale: undefined,
		prefetch: undefined,
		preferPositive: false,
		nxdomainCut: false,
		capacity: undefined,
	};
}

function end({ capacity, ...draft }: CacheDraft, { statement, block, report }: StatementContext): void {
	if (draft.preferPositive && !draft.serveStale) {
		report.warn(
			statement.name.at,
			'`prefer_positive` does nothing without `serve_stale`',
			'add `serve_stale`',
		);
	}
	if (capacity) {
		report.warn(
			capacity.at,
			`the capacity ${capacity.text} bounds nothing: one budget of octets holds for all entries of all blocks`,
			'set it with `--cache-size`, for example 32MiB',
			'cache-capacity',
		);
	}
	block.cache = draft satisfies CacheOptions;
}

export const cache = directive<CacheDraft>({
	name: 'cache',
	summary: 'keeps answers',
	text: [
		'Answers are kept for their own TTL, within the bounds given here. TTL 0 is passed on and not kept. How many octets ' +
			'are kept in all is the budget of the process, `--cache-size`.',
		'A denial is NXDOMAIN, or an answer without the records that were asked for (NODATA).',
	],
	args: [ttl, zones],
	options: [
		ttlOption('success', 'answers', successTtlMaxSec),
		ttlOption('denial', 'denials', denialTtlMaxSec),
		{
			name: 'servfail',
			args: [servfail],
			text: 'how long a failure of all upstreams is kept; the time doubles while it lasts, up to 5 minutes (RFC 9520)',
			coredns: 'the time does not grow',
			apply: (draft, values) => {
				draft.servfailSec = values.number(servfail.name)!;
			},
		},
		{
			name: 'prefetch',
			args: [
				{
					name: 'AMOUNT',
					kind: 'integer',
					min: 0,
					text: 'how many queries make an entry popular, counted up to 63; 0: no prefetch',
				},
				prefetchGap,
				prefetchPercentage,
			],
			text: 'fetches popular entries anew before they run out, so that no client waits',
			default: 'off',
			apply: (draft, values) => {
				const amount = values.number('AMOUNT')!;
				const durationSec = values.number(prefetchGap.name) ?? prefetchGap.default;
				const percentage = values.number(prefetchPercentage.name) ?? prefetchPercentage.default;
				draft.prefetch = amount === 0 ? undefined : { amount, durationSec, percentage };
			},
		},
		...cacheStaleOptions,
		{
			name: 'disable',
			args: [
				{ name: 'KIND', kind: 'choice', choices: ['success', 'denial'], text: 'what is not kept' },
				{ ...zones, default: 'all', text: 'for names in these zones' },
			],
			text: 'keeps no answers, or no denials',
			repeats: true,
			apply: (draft, values) => {
				const given = values.allTexts(zones.name);
				const disabled = given.length > 0 ? given : ['.'];
				if (values.text('KIND') === 'success') draft.disableSuccess = [...draft.disableSuccess, ...disabled];
				else draft.disableDenial = [...draft.disableDenial, ...disabled];
			},
		},
		{
			name: 'keepttl',
			args: [],
			text: 'gives clients the TTL that came from the upstream, not what is left of it',
			default: 'off',
			apply: (draft) => {
				draft.keepTtl = true;
			},
		},
		{
			name: 'nxdomain_cut',
			args: [],
			text: 'answers names below a kept NXDOMAIN with NXDOMAIN (RFC 8020), never at or above a zone of the Corefile',
			default: 'off',
			coredns: 'does not exist there',
			apply: (draft) => {
				draft.nxdomainCut = true;
			},
		},
	],
	once: true,
	coredns: [
		'the shortest time is 0 s, not 5 s: a TTL is never lengthened unless MINTTL says so',
		'each record keeps its own TTL; CoreDNS gives all records the smallest',
		'a denial is kept for the smaller of the TTL of its SOA record and the MINIMUM field (RFC 2308)',
	],
	tests: ['unit/config/cache-directive', 'scenario/cache-keeps-any-type-as-opaque-octets'],
	example: `. {
    cache 300 {
        denial 9984 30
        servfail 10s
        prefetch 5 1m 20%
        serve_stale 1h verify 1800ms
        disable denial cluster.local
    }
    forward . 192.0.2.1
}`,
	begin,
	end,
});
