import { isIPv6 } from 'node:net';
import type { Model } from '../config/model.ts';
import { overflowRow } from '../metrics/hot/series-layout.ts';
import type { QueryLabels } from '../metrics/hot/series-sums.ts';
import { upstreamRowsMax } from '../metrics/hot/upstream-series.ts';
import type { PlannedEndpoint } from './listen-plan.ts';
import { cacheZonesOf, serverLabel } from './series-names.ts';
import type { Endpoint } from './shard-messages.ts';

type Rows = NonNullable<Endpoint['rows']>;

/** CoreDNS's word for queries that belong to no zone. */
const dropped = 'dropped';

/**
 * Gives out the rows that series are counted in: one for each listener and zone, and one for each upstream's address.
 * A row belongs to its labels as long as the process lives, so that no reload sets a counter back or mixes two. When
 * there are none left, the rest is counted together.
 */
export class SeriesBook {
	readonly #hasListen: boolean;
	readonly #rows = new Map<string, number>();
	readonly #labels = new Map<number, QueryLabels>();
	readonly #upstreams = new Map<string, number>();

	/** @param hasListen whether `--listen` takes the place of every `bind` */
	constructor(hasListen: boolean) {
		this.#hasListen = hasListen;
	}

	/** The rows of an endpoint's zones, in the order of the model's keys, and of what belongs to none. */
	rowsOf(model: Model, endpoint: PlannedEndpoint): Rows {
		const zones: { zone: string; cacheZones: string | undefined }[] = model.blocks.flatMap((block) =>
			block.keys.map(({ zone }) => ({ zone, cacheZones: cacheZonesOf(block) })),
		);
		zones.push({ zone: dropped, cacheZones: undefined });
		const family = isIPv6(endpoint.address) ? 2 : 1;
		const server = serverLabel(endpoint, model, this.#hasListen);
		const rows = (proto: 'udp' | 'tcp'): number[] =>
			zones.map((zone) => this.#rowOf({ server, ...zone, proto, family }));
		return { udp: rows('udp'), tcp: rows('tcp') };
	}

	#rowOf(labels: QueryLabels): number {
		const key = `${labels.proto} ${labels.family} ${labels.server} ${labels.zone}`;
		const known = this.#rows.get(key);
		if (known !== undefined) {
			this.#labels.set(known, labels);
			return known;
		}
		if (this.#rows.size >= overflowRow) return overflowRow;
		const row = this.#rows.size;
		this.#rows.set(key, row);
		this.#labels.set(row, labels);
		return row;
	}

	/** What the rows of queries stand for. */
	get queryRows(): ReadonlyMap<number, QueryLabels> {
		return this.#labels;
	}

	/** The zone of a row; undefined: what is counted there belongs to none, or to several. */
	zoneOf(row: number): string | undefined {
		const zone = this.#labels.get(row)?.zone;
		return zone === dropped ? undefined : zone;
	}

	/** @param to an upstream's address and port */
	upstreamRow(to: string): number {
		const known = this.#upstreams.get(to);
		if (known !== undefined) return known;
		if (this.#upstreams.size >= upstreamRowsMax) return upstreamRowsMax;
		this.#upstreams.set(to, this.#upstreams.size);
		return this.#upstreams.size - 1;
	}

	/** The upstreams by row. */
	get upstreams(): readonly string[] {
		return [...this.#upstreams.keys()];
	}
}
