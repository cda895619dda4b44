/** Settings of the directives for whoever runs petrel. Part of `ServerBlock` (../model.ts). */
import type { SourcePosition } from '../model.ts';

/** Where an HTTP endpoint listens. */
export interface HttpAddress {
	/** In canonical form; empty: every address of the machine. */
	readonly address: string;
	/** 0: any that is free. */
	readonly port: number;
}

export interface HealthOptions extends HttpAddress {
	readonly at: SourcePosition;
	/** How long the process goes on answering after it was told to end. */
	readonly lameduckMs: number;
}

export interface ReadyOptions extends HttpAddress {
	readonly at: SourcePosition;
	/** Whether what was ready once is looked at again. */
	readonly monitor: 'until-ready' | 'continuously';
}

export interface PrometheusOptions extends HttpAddress {
	readonly at: SourcePosition;
}

export type LogClass = 'success' | 'denial' | 'error';

/** One `log` line: which queries are logged, and how. Of a block's, the first that has the name decides. */
export interface LogRule {
	readonly zones: readonly string[];
	/** With its placeholders; `{common}` and `{combined}` are among them. */
	readonly format: string;
	/** Only responses of these classes; all three: every response. */
	readonly classes: readonly LogClass[];
	/** One query in so many is logged. */
	readonly sample: number;
	/** Lines a second, over all shards; 0: no limit. */
	readonly rateMax: number;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** `consolidate`: errors whose cause matches are counted, and written as one line when the time is over. */
export interface ConsolidateRule {
	readonly periodMs: number;
	/** In the syntax of Go's regexp package; it is known to be sound. */
	readonly pattern: string;
	readonly level: LogLevel;
	/** The first of a period is written at once. */
	readonly showFirst: boolean;
}

export interface ReloadOptions {
	readonly intervalMs: number;
	/** Each interval is longer or shorter by a random time up to half of this. */
	readonly jitterMs: number;
}

/** Limits of clients' TCP connections; undefined: the server's own. */
export interface TimeoutsOptions {
	readonly at: SourcePosition;
	/** From a message's first octet to its last. */
	readonly readMs: number | undefined;
	/** For a reply that the client does not take. */
	readonly writeMs: number | undefined;
	/** Without a message. */
	readonly idleMs: number | undefined;
	/** Messages on one connection; 0: no limit. */
	readonly maxQueries: number | undefined;
}
