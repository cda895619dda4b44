import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Clock } from '../../util/clock.ts';
import type { MetricSpec, Sample } from './metric.ts';
import { snapshotOf } from './snapshot.ts';
import type { MetricsSource } from './source.ts';
import { allMetrics, ownMetrics, seriesMax } from './table.ts';

/** Shorter than what a scheduler lets a thread run before another. */
const sliceMs = 0.2;
const restMs = 1;

/** Of prom-client's metrics: a series for each kind of handle that libuv knows, by a private interface of Node.js. */
const unbounded = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/** Renders every metric in Prometheus's text format. */
export class Exposition {
	readonly #source: MetricsSource;
	readonly #process = new Registry();

	/** What the last rendering took of the main thread, without its rests. */
	workMs = 0;
	readonly #clock: Clock;

	/** Begins to measure the main thread (garbage collections, the event loop's delay). */
	constructor(source: MetricsSource, clock: Clock) {
		this.#source = source;
		this.#clock = clock;
		collectDefaultMetrics({ register: this.#process });
		for (const name of unbounded) this.#process.removeSingleMetric(name);
	}

	/**
	 * Renders in slices, with a moment's rest between two: a shard that shares the main thread's core waits for a slice,
	 * not for all of it.
	 *
	 * @param lastRenderSec how long the last rendering took; undefined: this is the first
	 */
	async render(lastRenderSec: number | undefined): Promise<string> {
		const slices = new Slices(this.#clock);
		const source = snapshotOf(this.#source);
		const registry = new Registry();
		const add = (name: string, help: string, type: MetricSpec['type'], values: Sample[]): void => {
			if (values.length === 0) return;
			// prom-client prints whatever `get` gives; its type asks for a class of its own.
			registry.registerMetric({ name, get: async () => ({ name, help, type, values }) } as unknown as Metric);
		};
		for (const { name, help, type, samples } of allMetrics) {
			add(name, help, type, samples(source));
			await slices.rest();
		}
		const { renderSeconds, seriesMax: bound } = ownMetrics;
		add(bound.name, bound.help, 'gauge', [{ value: seriesMax(source.sizes()) }]);
		if (lastRenderSec !== undefined) {
			add(renderSeconds.name, renderSeconds.help, 'gauge', [{ value: lastRenderSec }]);
		}
		const text = `${await textOf(registry, slices)}${await textOf(this.#process, slices)}`;
		this.workMs = slices.workMs;
		return text;
	}
}

async function textOf(registry: Registry, slices: Slices): Promise<string> {
	let text = '';
	for (const { name } of registry.getMetricsAsArray()) {
		text += `${await registry.getSingleMetricAsString(name)}\n\n`;
		await slices.rest();
	}
	return text;
}

/** Work that others may come between. */
class Slices {
	workMs = 0;
	readonly #clock: Clock;
	#beganMs: number;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#beganMs = clock.nowMs();
	}

	/** Between two pieces of work; rests where enough was done since the last time. */
	async rest(): Promise<void> {
		const doneMs = this.#clock.nowMs() - this.#beganMs;
		if (doneMs < sliceMs) return;
		this.workMs += doneMs;
		await sleep(restMs);
		this.#beganMs = this.#clock.nowMs();
	}
}
