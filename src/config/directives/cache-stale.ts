/** What `cache` does with answers whose time has run out. */
import type { CacheDraft } from './cache-draft.ts';
import type { ArgumentSpec, OptionSpec, StatementContext, Values } from './spec.ts';

const day = 86_400;

const window = {
	name: 'DURATION',
	kind: 'duration',
	optional: true,
	unit: 's',
	min: 0,
	max: 365 * day,
	default: 3600,
	onlyIf: (word) => word !== 'immediate' && word !== 'verify',
	text: 'how long after its time an answer may be served; 0: not at all',
} as const satisfies ArgumentSpec;

const mode: ArgumentSpec = {
	name: 'MODE',
	kind: 'choice',
	choices: ['immediate', 'verify'],
	optional: true,
	default: 'immediate',
	text: '`immediate`: the stale answer at once, then one refresh; `verify`: the upstream first, stale if it fails',
};

const verifyTimeout = {
	name: 'VERIFY_TIMEOUT',
	kind: 'duration',
	optional: true,
	unit: 'ms',
	min: 0,
	default: 0,
	onlyIf: (_, before) => before.text(mode.name) === 'verify',
	text: 'only with `verify`: how long a client waits for the upstream; 0: until it fails',
} as const satisfies ArgumentSpec;

const replyTtl = {
	name: 'RESPONSE_TTL',
	kind: 'duration',
	optional: true,
	unit: 's',
	min: 0,
	max: 7 * day,
	default: 30,
	text: 'the TTL in stale answers',
} as const satisfies ArgumentSpec;

const recheck = {
	name: 'FAILURE_RECHECK',
	kind: 'duration',
	optional: true,
	unit: 's',
	min: 0,
	max: 300,
	default: 30,
	text: 'how long after a failed refresh no other is tried',
} as const satisfies ArgumentSpec;

function applyServeStale(draft: CacheDraft, values: Values, { statement, report }: StatementContext): void {
	const windowSec = values.number(window.name) ?? window.default;
	if (windowSec === 0)
		report.warn(statement.args[0].at, '`serve_stale 0s` serves nothing stale', 'remove the line');
	draft.serveStale =
		windowSec === 0
			? undefined
			: {
					windowSec,
					mode: values.text(mode.name) === 'verify' ? 'verify' : 'immediate',
					verifyTimeoutMs: values.number(verifyTimeout.name) ?? verifyTimeout.default,
					replyTtlSec: values.number(replyTtl.name) ?? replyTtl.default,
					recheckSec: values.number(recheck.name) ?? recheck.default,
				};
}

export const cacheStaleOptions: readonly OptionSpec<CacheDraft>[] = [
	{
		name: 'serve_stale',
		syntax:
			'[DURATION] [immediate [RESPONSE_TTL [FAILURE_RECHECK]] | verify [VERIFY_TIMEOUT [RESPONSE_TTL [FAILURE_RECHECK]]]]',
		args: [window, mode, verifyTimeout, replyTtl, recheck],
		text: 'serves answers whose time has run out while no new one can be had (RFC 8767: `serve_stale 1h verify 1800ms`)',
		default: 'off',
		coredns: 'RESPONSE_TTL and FAILURE_RECHECK are 0 there, and DURATION must stand before the mode',
		apply: applyServeStale,
	},
	{
		name: 'serve_stale_policy',
		args: [
			{ name: 'POLICY', kind: 'choice', choices: ['prefer_positive'], text: 'as the option of that name' },
		],
		text: "CoreDNS's way to write `prefer_positive`",
		apply: (draft) => {
			draft.preferPositive = true;
		},
	},
	{
		name: 'prefer_positive',
		args: [],
		text: 'a stale answer is served although the upstream now denies the name; only with `serve_stale`',
		default: 'off',
		coredns: 'written `serve_stale_policy prefer_positive` there',
		apply: (draft) => {
			draft.preferPositive = true;
		},
	},
];
