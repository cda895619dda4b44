import type { AclRule, HostsOptions, LocalOptions, TemplateOptions } from './model/answers.ts';

export type * from './model/answers.ts';

import type {
	ConsolidateRule,
	HealthOptions,
	LogRule,
	PrometheusOptions,
	ReadyOptions,
	ReloadOptions,
	TimeoutsOptions,
} from './model/operations.ts';

export type { LogClass, LogRule } from './model/operations.ts';

import type { Dns64Options, LoadBalanceOptions, RewriteRule } from './model/rewriting.ts';

/**
 * What a configuration means, whatever it was written in: plain, deeply frozen data that crosses threads as it is.
 * Zones are absolute, lower-case presentation names ("cluster.local.", "."). Durations carry their unit in the name.
 */
export interface Model {
	/** Server blocks in file order. A block's place here is its number everywhere: cache keys, counters, claims. */
	readonly blocks: readonly ServerBlock[];
	/** Things that work but surprise: each names its place and the cure. */
	readonly warnings: readonly Finding[];
	/** Every file that was read, for the reload that is to come. */
	readonly files: readonly string[];
}

export interface SourcePosition {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	/** From 1, in characters. */
	readonly column: number;
}

/** One remark about a configuration, an error or a warning. */
export interface Finding {
	readonly at: SourcePosition;
	/** What is wrong, with the value. */
	readonly message: string;
	/** What to do about it. */
	readonly hint?: string;
	/** A name for this kind of finding that stays, for what reads findings: `loops-to-itself`. Not every one has it. */
	readonly code?: string;
}

export interface ServerBlock {
	readonly at: SourcePosition;
	readonly keys: readonly ZoneKey[];
	/** Addresses, interface names; an empty list means every address of the machine. */
	readonly bind: readonly string[];
	readonly bindExcept: readonly string[];
	/** Upper limit of a UDP message, to clients and as advertised to upstreams, in octets. */
	readonly bufsizeBytes: number;
	readonly errors: ErrorsOptions | undefined;
	readonly cache: CacheOptions | undefined;
	readonly header: HeaderRules;
	readonly whoami: boolean;
	readonly loop: boolean;
	readonly forwards: readonly ForwardOptions[];

	/** In file order; the first policy that matches a client decides. */
	readonly acl: readonly AclRule[];
	/** Queries for ANY get a short answer (RFC 8482). */
	readonly any: boolean;
	readonly hosts: HostsOptions | undefined;
	/** Names such as localhost are answered here. */
	readonly local: LocalOptions | undefined;
	/** What clients that ask for an NSID (RFC 5001) get; undefined: nothing. */
	readonly nsid: string | undefined;
	/** In file order. */
	readonly templates: readonly TemplateOptions[];

	readonly dns64: Dns64Options | undefined;
	readonly loadbalance: LoadBalanceOptions | undefined;
	/** Answers lose their authority and additional records where those are not needed. */
	readonly minimal: boolean;
	readonly rewrites: readonly RewriteRule[];

	readonly debug: boolean;
	readonly health: HealthOptions | undefined;
	readonly log: readonly LogRule[];
	readonly prometheus: PrometheusOptions | undefined;
	readonly ready: ReadyOptions | undefined;
	readonly reload: ReloadOptions | undefined;
	readonly timeouts: TimeoutsOptions | undefined;
}

export interface ZoneKey {
	readonly zone: string;
	readonly port: number;
}

export interface ErrorsOptions {
	/** The block's errors are written to stdout, not with petrel's other messages to stderr. */
	readonly stdout: boolean;
	readonly stacktrace: boolean;
	/** In file order; the first that matches counts an error. */
	readonly consolidate: readonly ConsolidateRule[];
}

export interface CacheOptions {
	/** Only names in these zones are cached. */
	readonly zones: readonly string[];
	readonly successTtlMaxSec: number;
	readonly successTtlMinSec: number;
	readonly denialTtlMaxSec: number;
	readonly denialTtlMinSec: number;
	/** The first hold of a failure (RFC 9520); it doubles up to 300 s. 0: failures are not held. */
	readonly servfailSec: number;
	/** Zones whose positive (negative) answers are not stored. */
	readonly disableSuccess: readonly string[];
	readonly disableDenial: readonly string[];
	readonly keepTtl: boolean;
	readonly serveStale: ServeStaleOptions | undefined;
	readonly prefetch: PrefetchOptions | undefined;
	readonly preferPositive: boolean;
	readonly nxdomainCut: boolean;
}

export interface ServeStaleOptions {
	readonly windowSec: number;
	readonly mode: 'immediate' | 'verify';
	/** In mode `verify`: how long a client waits for the upstream before it gets the stale answer; 0: until it fails. */
	readonly verifyTimeoutMs: number;
	readonly replyTtlSec: number;
	/** After a failed refresh: how long stale answers are served without asking again. */
	readonly recheckSec: number;
}

export interface PrefetchOptions {
	readonly amount: number;
	readonly durationSec: number;
	readonly percentage: number;
}

/** Flag names of the DNS header that rules may name. */
export type HeaderFlag = 'aa' | 'ra' | 'rd' | 'ad' | 'cd';

export interface HeaderRule {
	readonly action: 'set' | 'clear';
	readonly flags: readonly HeaderFlag[];
}

/** In file order; the last rule for a flag wins. */
export interface HeaderRules {
	readonly query: readonly HeaderRule[];
	readonly response: readonly HeaderRule[];
}

export type UpstreamTarget =
	| { readonly kind: 'address'; readonly address: string; readonly port: number }
	/** The nameservers of a resolv.conf, re-read when it changes. */
	| { readonly kind: 'resolv-conf'; readonly path: string }
	/** `demo://`: the embedded scripted upstream. */
	| { readonly kind: 'demo' };

export interface ForwardOptions {
	readonly at: SourcePosition;
	/** The zone that is forwarded: the longest match in a block wins. */
	readonly from: string;
	readonly except: readonly string[];
	readonly to: readonly UpstreamTarget[];
	readonly policy: 'random' | 'round_robin' | 'sequential';
	/** An upstream is down after more than so many failures in a row; 0: never. */
	readonly maxFails: number;
	readonly healthCheckMs: number;
	readonly healthCheckRecursionDesired: boolean;
	readonly healthCheckDomain: string;
	/** How long an idle TCP connection, or a UDP socket, to an upstream is kept. */
	readonly expireMs: number;
	/** Upstream queries under way at once, over all shards; 0: no limit of its own. */
	readonly maxConcurrent: number;
	/** Idle TCP connections kept per upstream and shard; 0: no limit of its own. */
	readonly maxIdleConns: number;
	/** When a TCP connection is replaced, however busy it is; 0: never. */
	readonly maxAgeMs: number;
	/** Upstream queries for one question; 0: no limit of its own. */
	readonly maxConnectAttempts: number;
	readonly readTimeoutMs: number;
	readonly forceTcp: boolean;
	readonly preferUdp: boolean;
	/** RCODEs for which the next upstream of this forward is asked. */
	readonly failover: readonly number[];
	/** RCODEs for which the next matching forward of the block is asked. */
	readonly next: readonly number[];
	/** Also where there is no data (NOERROR without answers). */
	readonly nextOnNodata: boolean;
	readonly failfastAllUnhealthyUpstreams: boolean;
}
