import type { Model } from '../config/model.ts';
import { PacedRender } from '../metrics/registry/pace.ts';
import type { Clock } from '../util/clock.ts';
import type { Scrape } from './http/answer.ts';
import type { HttpServer } from './http/http-server.ts';
import { HttpServers } from './http/http-servers.ts';
import { type ProbeSource, Readiness } from './http/probe-source.ts';
import { SelfRequests } from './http/self-request.ts';
import { httpHostPort } from './http/wanted.ts';
import type { Log } from './log.ts';
import { type MetricsParts, SharedMetrics } from './metrics-source.ts';

export interface OperationsOptions {
	readonly clock: Clock;
	readonly log: Log;
	readonly probes: ProbeSource;
	readonly metrics: Omit<MetricsParts, 'health' | 'clock'>;
}

/**
 * What a server shows to those who run it, over HTTP on the main thread: health, readiness, metrics. prom-client is
 * loaded when a model has `prometheus` for the first time.
 */
export class Operations {
	readonly #options: OperationsOptions;
	readonly #self: SelfRequests;
	readonly #http: HttpServers;
	#render: PacedRender<Scrape> | undefined;

	constructor(options: OperationsOptions) {
		const { clock, log, probes } = options;
		this.#options = options;
		this.#self = new SelfRequests(clock, log);
		this.#http = new HttpServers({
			probes,
			readiness: new Readiness(probes),
			scrape: () => this.#render!.scrape(),
		});
	}

	/** Opens what a model asks for and closes the rest. Rejects with `PETREL_BIND`, and has changed nothing then. */
	async update(model: Model): Promise<void> {
		if (model.blocks.some(({ prometheus }) => prometheus !== undefined)) this.#render ??= await this.#load();
		const before = new Set(this.#http.current.values());
		await this.#http.update(model);
		const now = [...this.#http.current.values()];
		for (const server of now) if (!before.has(server)) this.#say(server);
		this.#self.follow(now.flatMap(({ routes, url }) => (routes.health ? [url] : [])));
	}

	async close(): Promise<void> {
		this.#self.close();
		await this.#http.close();
	}

	async #load(): Promise<PacedRender<Scrape>> {
		const { Exposition } = await import('../metrics/registry/exposition.ts');
		const { clock, metrics } = this.#options;
		const source = new SharedMetrics({
			...metrics,
			clock,
			health: () => ({ durations: this.#self.durations.histogram, failures: this.#self.durations.failures }),
		});
		const exposition = new Exposition(source);
		return new PacedRender({
			clock,
			prepare: () => source.prepare(),
			render: async (lastMs) => ({
				text: await exposition.render(lastMs === undefined ? undefined : lastMs / 1000),
			}),
		});
	}

	#say({ address, port, routes: { health, ready, metrics } }: HttpServer): void {
		const paths = [health && '/health', ready !== undefined && '/ready', metrics && '/metrics'];
		const text = paths.filter((path) => path !== false).join(' ');
		const where = httpHostPort(address, port);
		this.#options.log.info(`HTTP on ${where}: ${text}`, { address: where, paths: text });
	}
}
