import type { MetricsSource } from './source.ts';

/** A source that is asked for each thing once: all metrics of one scrape tell of the same moment. */
export function snapshotOf(source: MetricsSource): MetricsSource {
	const once = <Value>(read: () => Value): (() => Value) => {
		let kept: { value: Value } | undefined;
		return () => (kept ??= { value: read() }).value;
	};
	return {
		version: source.version,
		revision: source.revision,
		queries: once(() => source.queries()),
		upstreams: once(() => source.upstreams()),
		counters: once(() => source.counters()),
		plugins: once(() => source.plugins()),
		cache: once(() => source.cache()),
		cacheBytes: once(() => source.cacheBytes()),
		sizeEstimates: once(() => source.sizeEstimates()),
		health: once(() => source.health()),
		reload: once(() => source.reload()),
		shards: once(() => source.shards()),
		transport: once(() => source.transport()),
		hosts: once(() => source.hosts?.() ?? []),
		sizes: once(() => source.sizes()),
	};
}
