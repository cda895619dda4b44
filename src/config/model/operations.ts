/** Settings of the directives for whoever runs petrel. Part of `ServerBlock` (../model.ts). */

export interface HealthOptions {
	/** Empty: every address of the machine. */
	readonly address: string;
	readonly port: number;
	/** How long the process goes on answering after it was told to end. */
	readonly lameduckMs: number;
}

export interface ReadyOptions {
	readonly address: string;
	readonly port: number;
}

export interface PrometheusOptions {
	readonly address: string;
	readonly port: number;
}

export interface LogRule {
	readonly zones: readonly string[];
}

export interface ReloadOptions {
	readonly intervalMs: number;
	/** Each interval is longer or shorter by a random time up to half of this. */
	readonly jitterMs: number;
}

export interface TimeoutsOptions {
	readonly readMs: number;
	readonly writeMs: number;
	readonly idleMs: number;
}
