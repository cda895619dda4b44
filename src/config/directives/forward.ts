import { rcode } from '../../wire/iana.ts';
import type { ForwardOptions, UpstreamTarget } from '../model.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { readUpstreamTarget } from '../upstream-target.ts';
import { readZones } from '../zone-key.ts';
import { isInZone } from '../zone-name.ts';
import { type ArgumentSpec, directive, type StatementContext, type Values } from './spec.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface ForwardDraft extends Mutable<Omit<ForwardOptions, 'at' | 'from'>> {
	from: readonly string[];
}

const upstreamsMax = 15;

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

const notYet = 'remove the line';
const noTls =
	'remove the line and name an upstream that answers plain DNS, or a proxy on this machine that speaks TLS';

function begin(values: Values, { zones, report }: StatementContext): ForwardDraft {
	const from = values.allTexts('FROM');
	for (const zone of from) {
		if (zones.length === 0 || zones.some((own) => isInZone(zone, own) || isInZone(own, zone))) continue;
		const message = `no name in \`${zone}\` reaches this block: it serves ${zones.join(' ')}`;
		report.warn(values.words('FROM')[0].at, message, 'give the zone a server block of its own');
	}
	return {
		from,
		except: [],
		to: readTargets(values.words('TO'), report),
		policy: policy.default,
		maxFails: maxFails.default,
		healthCheckMs: healthCheck.default,
		healthCheckRecursionDesired: true,
		healthCheckDomain: '.',
		expireMs: expire.default,
		maxConcurrent: limit.default,
		maxIdleConns: limit.default,
		readTimeoutMs: readTimeout.default,
		forceTcp: false,
		preferUdp: false,
		failover: [],
		next: [],
		failfastAllUnhealthyUpstreams: false,
	};
}

function readTargets(words: readonly Token[], report: Report): UpstreamTarget[] {
	if (words.length > upstreamsMax) {
		const message = `\`forward\` takes at most ${upstreamsMax} upstreams, not ${words.length}`;
		report.error(words[upstreamsMax].at, message, 'remove some');
	}
	const targets: UpstreamTarget[] = [];
	for (const word of words) {
		const target = readUpstreamTarget(word);
		if ('kind' in target) targets.push(target);
		else report.error(word.at, target.message, target.hint);
	}
	return targets;
}

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

function end({ from, ...options }: ForwardDraft, { statement, block, report }: StatementContext): void {
	const { at } = statement.name;
	if (options.forceTcp && options.preferUdp) report.warn(at, '`prefer_udp` does nothing beside `force_tcp`');
	for (const zone of from) {
		const earlier = block.forwards.find((other) => other.from === zone);
		if (earlier && earlier.next.length === 0 && earlier.except.length === 0) {
			const message = `the \`forward ${zone}\` of line ${earlier.at.line} takes all queries: this one gets none`;
			report.warn(at, message, 'put the upstreams into one line, or give the other one `next`');
		}
		block.forwards = [...block.forwards, { at, from: zone, ...options }];
	}
}

export const forward = directive<ForwardDraft>({
	name: 'forward',
	summary: 'asks upstreams for what is not in the cache',
	text: [
		'FROM is the zone that is forwarded, `.` for all names. Where several `forward` of a block match, the longest ' +
			'zone wins, whatever their order.',
		'TO is an address (`192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1`, `[2001:db8::1]:5300`, also with `dns://` before ' +
			'it), or a file in the form of `/etc/resolv.conf`, which is read again when it changes, or `demo://`, an upstream ' +
			'inside petrel for trying it without a network. A port that is not given is 53.',
		'An upstream that does not answer is left for the next one. After a failure it is probed (`. NS` unless ' +
			'`health_check` says otherwise) until it answers.',
	],
	args: [
		{ name: 'FROM', kind: 'zone', text: 'the zone, or an address range for its reverse zones' },
		{ name: 'TO', kind: 'word', many: true, text: `1 to ${upstreamsMax} upstreams` },
	],
	options: [
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
			text: 'asks over UDP first, also for clients that came over TCP',
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
			name: 'failfast_all_unhealthy_upstreams',
			args: [],
			text: 'answers SERVFAIL at once when all upstreams are down, instead of trying a random one',
			default: 'off',
			apply: (draft) => {
				draft.failfastAllUnhealthyUpstreams = true;
			},
		},
	],
	refusedOptions: {
		tls: noTls,
		tls_servername: noTls,
		max_age: `${notYet}; \`expire\` closes idle connections`,
		max_connect_attempts: `${notYet}; a client gets an answer before 5 s in any case`,
		next_on_nodata: `${notYet}; \`next\` takes RCODEs`,
		source_address: notYet,
		resolver: `${notYet} and write the addresses of the upstreams`,
	},
	coredns: [
		'of several `forward` the longest zone wins; CoreDNS takes the first that matches',
		'equal questions under way are asked once, over all workers',
		'an address range for FROM stands for all its reverse zones; CoreDNS takes the first',
		'a relative path is relative to the Corefile, and must start with `./` or `../`; there to the working directory',
		'`demo://` does not exist there; `tls://` is refused in this version',
	],
	example: `. {
    forward . 192.0.2.1 [2001:db8::1]:5300 {
        policy sequential
        max_concurrent 1000
        failover SERVFAIL REFUSED
    }
    forward cluster.local 10.96.0.10 {
        force_tcp
    }
}`,
	begin,
	end,
});
