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

export interface LogRule {
	readonly zones: readonly string[];
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
