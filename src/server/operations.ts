import type { Model } from '../config/model.ts';
import { PacedRender } from '../metrics/registry/pace.ts';
import type { Clock } from '../util/clock.ts';
import type { Scrape } from './http/answer.ts';
import type { HttpServer } from './http/http-server.ts';
import type { HttpServers } from './http/http-servers.ts';
import { type ProbeSource, Readiness } from './http/probe-source.ts';
import type { SelfRequests } from './http/self-request.ts';
import { httpHostPort } from './http/wanted.ts';
import type { Log } from './log.ts';
import { type MetricsParts, SharedMetrics } from './metrics-source.ts';

export interface OperationsOptions {
	readonly clock: Clock;
	readonly log: Log;
	readonly probes: ProbeSource;
	readonly metrics: Omit<MetricsParts, 'health' | 'clock'>;
}

interface Http {
	readonly servers: HttpServers;
	/** Requests of `/health` that the process makes to itself. */
	readonly self: SelfRequests;
}

/**
 * What a server shows to those who run it, over HTTP on the main thread: health, readiness, metrics. prom-client is
 * loaded when a model has `prometheus` for the first time.
 */
export class Operations {
	readonly #options: OperationsOptions;
	#http: Http | undefined;
	#render: PacedRender<Scrape> | undefined;

	constructor(options: OperationsOptions) {
		this.#options = options;
	}

	/** Opens what a model asks for and closes the rest. Rejects with `PETREL_BIND`, and has changed nothing then. */
	async update(model: Model): Promise<void> {
		const wanted = model.blocks.some(({ health, ready, prometheus }) => health ?? ready ?? prometheus);
		if (!wanted && this.#http === undefined) return;
		this.#http ??= await this.#loadHttp();
		const { servers, self } = this.#http;
		if (model.blocks.some(({ prometheus }) => prometheus !== undefined)) {
			this.#render ??= await this.#loadMetrics(self);
		}
		const before = new Set(servers.current.values());
		await servers.update(model);
		const now = [...servers.current.values()];
		for (const server of now) if (!before.has(server)) this.#say(server);
		self.follow(now.flatMap(({ routes, url }) => (routes.health ? [url] : [])));
	}

	async close(): Promise<void> {
		this.#http?.self.close();
		await this.#http?.servers.close();
	}

	/** node:http takes 14 MiB: a server that nobody asks by HTTP does without. */
	async #loadHttp(): Promise<Http> {
		const { clock, log, probes } = this.#options;
		const { HttpServers } = await import('./http/http-servers.ts');
		const { SelfRequests } = await import('./http/self-request.ts');
		const readiness = new Readiness(probes);
		return {
			servers: new HttpServers({ probes, readiness, scrape: () => this.#render!.scrape() }),
			self: new SelfRequests(clock, log),
		};
	}

	async #loadMetrics(self: SelfRequests): Promise<PacedRender<Scrape>> {
		const { Exposition } = await import('../metrics/registry/exposition.ts');
		const { clock, metrics } = this.#options;
		const source = new SharedMetrics({
			...metrics,
			clock,
			health: () => ({ durations: self.durations.histogram, failures: self.durations.failures }),
		});
		const exposition = new Exposition(source, clock);
		return new PacedRender({
			clock,
			prepare: () => source.prepare(),
			workMs: () => exposition.workMs,
			render: async (lastMs) => ({
				text: Buffer.from(await exposition.render(lastMs === undefined ? undefined : lastMs / 1000)),
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
