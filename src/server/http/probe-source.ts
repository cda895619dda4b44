/** What the probes ask the server for. */
export interface ProbeSource {
	/** Names of what hangs: not empty, and the process should be restarted. */
	unhealthy(): readonly string[];
	/** Names of what does not work yet, or no longer. */
	notReady(): readonly string[];
	/** Those of them that have failed again and again. */
	failing(): readonly string[];
	/** Whether the server was told to end. */
	stopping(): boolean;
}

/**
 * `ready`, as CoreDNS's: with `until-ready` what was ready once is not looked at again, so a shard that is being
 * replaced takes no traffic away from the others. One that keeps dying shows all the same.
 */
export class Readiness {
	readonly #source: ProbeSource;
	#wasReady = false;

	constructor(source: ProbeSource) {
		this.#source = source;
	}

	/** undefined: ready; else what to say instead. */
	unready(monitor: 'until-ready' | 'continuously'): string | undefined {
		if (this.#source.stopping()) return 'Shutting down';
		const settled = monitor === 'until-ready' && this.#wasReady;
		const names = settled ? this.#source.failing() : this.#source.notReady();
		if (names.length > 0) return [...names].sort().join(',');
		this.#wasReady = true;
		return undefined;
	}
}
