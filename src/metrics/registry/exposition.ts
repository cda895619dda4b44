import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { MetricSpec, Sample } from './metric.ts';
import { snapshotOf } from './snapshot.ts';
import type { MetricsSource } from './source.ts';
import { allMetrics, ownMetrics, seriesMax } from './table.ts';

/** Of prom-client's metrics: a series for each kind of handle that libuv knows, by a private interface of Node.js. */
const unbounded = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/** Renders every metric in Prometheus's text format. */
export class Exposition {
	readonly #source: MetricsSource;
	readonly #process = new Registry();

	/** Begins to measure the main thread (garbage collections, the event loop's delay). */
	constructor(source: MetricsSource) {
		this.#source = source;
		collectDefaultMetrics({ register: this.#process });
		for (const name of unbounded) this.#process.removeSingleMetric(name);
	}

	/** @param lastRenderSec how long the last rendering took; undefined: this is the first */
	async render(lastRenderSec: number | undefined): Promise<string> {
		const source = snapshotOf(this.#source);
		const registry = new Registry();
		const add = (name: string, help: string, type: MetricSpec['type'], values: Sample[]): void => {
			if (values.length === 0) return;
			// prom-client prints whatever `get` gives; its type asks for a class of its own.
			registry.registerMetric({ name, get: async () => ({ name, help, type, values }) } as unknown as Metric);
		};
		for (const { name, help, type, samples } of allMetrics) add(name, help, type, samples(source));
		const { renderSeconds, seriesMax: bound } = ownMetrics;
		add(bound.name, bound.help, 'gauge', [{ value: seriesMax(source.sizes()) }]);
		if (lastRenderSec !== undefined) {
			add(renderSeconds.name, renderSeconds.help, 'gauge', [{ value: lastRenderSec }]);
		}
		return `${await registry.metrics()}${await this.#process.metrics()}`;
	}
}
