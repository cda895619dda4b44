/** The options of `forward`, with their defaults. */
import { rcode } from '../../wire/iana.ts';
import type { ForwardOptions } from '../model.ts';
import { readZones } from '../zone-key.ts';
import type { ArgumentSpec, OptionSpec, StatementContext, Values } from './spec.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ForwardDraft extends Mutable<Omit<ForwardOptions, 'at' | 'from'>> {
	from: readonly string[];
}

const maxFails = {
	name: 'COUNT',
	kind: 'integer',
	min: 0,
	default: 2,
	text: '0: an upstream is never down, and never probed',
} as const satisfies ArgumentSpec;

const healthCheck = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 1,
	default: 500,
	text: 'the time between two probes',
} as const satisfies ArgumentSpec;

const expire = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 0,
	default: 10_000,
	text: 'the time without a query',
} as const satisfies ArgumentSpec;

const maxAge = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 0,
	default: 0,
	text: 'the time since it was opened; 0: no limit',
} as const satisfies ArgumentSpec;

const readTimeout = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 1,
	default: 2000,
	text: 'the time for one try',
} as const satisfies ArgumentSpec;

const policy = {
	name: 'POLICY',
	kind: 'choice',
	choices: ['random', 'round_robin', 'sequential'],
	default: 'random',
	text: '`sequential` takes the first one that is up',
} as const satisfies ArgumentSpec;

const limit = {
	name: 'COUNT',
	kind: 'integer',
	min: 0,
	default: 0,
	text: '0: no limit of its own',
} as const satisfies ArgumentSpec;

const rcodes: ArgumentSpec = {
	name: 'RCODES',
	kind: 'rcode',
	many: true,
	text: 'for example SERVFAIL REFUSED',
};

export const forwardDefaults: Omit<ForwardDraft, 'from' | 'except' | 'to'> = {
	policy: policy.default,
	maxFails: maxFails.default,
	healthCheckMs: healthCheck.default,
	healthCheckRecursionDesired: true,
	healthCheckDomain: '.',
	expireMs: expire.default,
	maxConcurrent: limit.default,
	maxIdleConns: limit.default,
	maxAgeMs: maxAge.default,
	maxConnectAttempts: limit.default,
	readTimeoutMs: readTimeout.default,
	forceTcp: false,
	preferUdp: false,
	failover: [],
	next: [],
	nextOnNodata: false,
	failfastAllUnhealthyUpstreams: false,
};

/** `no_rec` and `domain FQDN` stand in any order. */
function applyHealthCheck(draft: ForwardDraft, values: Values, { report }: StatementContext): void {
	draft.healthCheckMs = values.number(healthCheck.name)!;
	const words = values.words('EXTRAS');
	for (let i = 0; i < words.length; i++) {
		const word = words[i];
		if (word.text === 'no_rec') {
			draft.healthCheckRecursionDesired = false;
		} else if (word.text === 'domain') {
			const domain = words[++i];
			if (domain === undefined) report.error(word.at, '`domain` needs a name', 'write `domain example.org`');
			else draft.healthCheckDomain = readZones(domain, report)[0] ?? '.';
		} else {
			report.error(
				word.at,
				`\`health_check\` does not know \`${word.text}\``,
				'it knows no_rec and domain FQDN',
			);
		}
	}
}

export const forwardOptions: readonly OptionSpec<ForwardDraft>[] = [
	{
		name: 'except',
		args: [{ name: 'ZONES', kind: 'zone', many: true, text: 'zones below FROM' }],
		text: 'does not forward names in these zones',
		repeats: true,
		apply: (draft, values) => {
			draft.except = [...draft.except, ...values.allTexts('ZONES')];
		},
	},
	{
		name: 'policy',
		args: [policy],
		text: 'the order in which upstreams are tried',
		apply: (draft, values) => {
			draft.policy = values.text(policy.name) as ForwardDraft['policy'];
		},
	},
	{
		name: 'max_fails',
		args: [maxFails],
		text: 'an upstream is down after more than so many failures in a row',
		apply: (draft, values) => {
			draft.maxFails = values.number(maxFails.name)!;
		},
	},
	{
		name: 'health_check',
		syntax: 'DURATION [no_rec] [domain FQDN]',
		args: [
			healthCheck,
			{
				name: 'EXTRAS',
				kind: 'word',
				optional: true,
				many: true,
				text: '`no_rec`: probes have RD=0; `domain FQDN`: they ask for this name, not for `.`',
			},
		],
		text: 'how upstreams that failed are probed',
		apply: applyHealthCheck,
	},
	{
		name: 'expire',
		args: [expire],
		text: 'when an idle connection, or a UDP socket, to an upstream is closed',
		apply: (draft, values) => {
			draft.expireMs = values.number(expire.name)!;
		},
	},
	{
		name: 'max_concurrent',
		args: [limit],
		text: 'queries under way at once, over all workers; what exceeds it is answered REFUSED',
		apply: (draft, values) => {
			draft.maxConcurrent = values.number(limit.name)!;
		},
	},
	{
		name: 'max_idle_conns',
		args: [limit],
		text: 'idle TCP connections kept per upstream and worker',
		coredns: 'per upstream there',
		apply: (draft, values) => {
			draft.maxIdleConns = values.number(limit.name)!;
		},
	},
	{
		name: 'max_age',
		args: [maxAge],
		text: 'when a TCP connection to an upstream gets no more queries, however busy it is',
		tests: ['unit/net/upstream-sockets'],
		apply: (draft, values) => {
			draft.maxAgeMs = values.number(maxAge.name)!;
		},
	},
	{
		name: 'max_connect_attempts',
		args: [limit],
		text: 'how many queries are sent to the upstreams of the `forward` for one question',
		coredns: 'twice as many as there are upstreams without the option',
		tests: ['scenario/forward-max-connect-attempts-ends-the-tries'],
		apply: (draft, values) => {
			draft.maxConnectAttempts = values.number(limit.name)!;
		},
	},
	{
		name: 'read_timeout',
		args: [readTimeout],
		text: 'how long one upstream may take; a client gets an answer before 5 s in any case',
		apply: (draft, values) => {
			draft.readTimeoutMs = values.number(readTimeout.name)!;
		},
	},
	{
		name: 'force_tcp',
		args: [],
		text: 'asks over TCP always',
		default: 'off',
		apply: (draft) => {
			draft.forceTcp = true;
		},
	},
	{
		name: 'prefer_udp',
		args: [],
		text: 'accepted: petrel asks over UDP first in any case, and over TCP what does not fit',
		coredns: "without it the client's transport is taken there",
		default: 'off',
		apply: (draft) => {
			draft.preferUdp = true;
		},
	},
	{
		name: 'failover',
		args: [rcodes],
		text: 'RCODEs for which the next upstream is asked; not NOERROR',
		default: 'none',
		apply: (draft, values, { statement, report }) => {
			const asked = values.allNumbers(rcodes.name);
			const noerror = asked.indexOf(rcode.NOERROR);
			if (noerror >= 0)
				report.error(statement.args[noerror].at, '`failover` does not take NOERROR', 'remove it');
			draft.failover = asked;
		},
	},
	{
		name: 'next',
		args: [rcodes],
		text: 'RCODEs for which the next `forward` of the block that matches is asked',
		default: 'none',
		apply: (draft, values) => {
			draft.next = values.allNumbers(rcodes.name);
		},
	},
	{
		name: 'next_on_nodata',
		args: [],
		text: 'asks the next `forward` of the block that matches where there is no data: NOERROR without answers',
		default: 'off',
		tests: ['scenario/forward-next-on-nodata-asks-the-next-forward'],
		apply: (draft) => {
			draft.nextOnNodata = true;
		},
	},
	{
		name: 'failfast_all_unhealthy_upstreams',
		args: [],
		text: 'answers SERVFAIL at once when all upstreams are down, instead of trying a random one',
		default: 'off',
		apply: (draft) => {
			draft.failfastAllUnhealthyUpstreams = true;
		},
	},
];
