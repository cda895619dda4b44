import { type TtlBounds, unbounded } from '../cache/cacheability.ts';
import { ticksPerSec } from '../cache/layout.ts';
import type { CacheOptions, ForwardOptions, Model } from '../config/model.ts';
import type { SelectableForward } from '../forward/selection.ts';
import { ZoneTable } from '../forward/zone-table.ts';
import { compileHeaderRules, type HeaderMasks } from '../rewrite/header-rules.ts';
import { isWithin, labelCount } from '../wire/name.ts';
import { nameToWire } from '../wire/presentation.ts';

/** A `forward` as the engine uses it. */
export interface Forward extends SelectableForward {
	readonly options: ForwardOptions;
	readonly from: Uint8Array;
	readonly fromLabels: number;
	readonly except: readonly Uint8Array[];
	readonly failover: ReadonlySet<number>;
	readonly next: ReadonlySet<number>;
}

/** The cache settings of a server block, in the units of the cache. */
export interface BlockCache {
	readonly options: CacheOptions;
	readonly bounds: TtlBounds;
	/** Names that are cached at all; undefined: every name of the block. */
	readonly zones: ZoneTable<true>;
	readonly disableSuccess: ZoneTable<true>;
	readonly disableDenial: ZoneTable<true>;
	/** 0 without `serve_stale`. */
	readonly staleTicks: number;
}

/** A server block as the engine uses it. */
export interface Block {
	readonly number: number;
	readonly cache: BlockCache | undefined;
	readonly response: HeaderMasks;
	readonly query: HeaderMasks;
	readonly bufsizeBytes: number;
	readonly whoami: boolean;
	readonly loop: boolean;
	readonly logsErrors: boolean;
	/** Longest FROM first, then file order. */
	readonly forwards: readonly Forward[];
	readonly zones: readonly Uint8Array[];
	/** The port of each zone's key. */
	readonly ports: readonly number[];
}

export function compileBlocks(model: Model): Block[] {
	let forwardNumber = 0;
	return model.blocks.map((block, number) => {
		const forwards = block.forwards.map((options) => compileForward(options, forwardNumber++));
		return {
			number,
			cache: block.cache && compileCache(block.cache),
			response: compileHeaderRules(block.header.response),
			query: compileHeaderRules(block.header.query),
			bufsizeBytes: block.bufsizeBytes,
			whoami: block.whoami,
			loop: block.loop,
			logsErrors: block.errors !== undefined,
			forwards: forwards.sort((a, b) => b.fromLabels - a.fromLabels || a.number - b.number),
			zones: block.keys.map((key) => nameToWire(key.zone)),
			ports: block.keys.map((key) => key.port),
		};
	});
}

function compileForward(options: ForwardOptions, number: number): Forward {
	const from = nameToWire(options.from);
	return {
		options,
		number,
		count: 0,
		policy: options.policy,
		maxFails: options.maxFails,
		failfast: options.failfastAllUnhealthyUpstreams,
		from,
		fromLabels: labelCount(from, 0),
		except: options.except.map(nameToWire),
		failover: new Set(options.failover),
		next: new Set(options.next),
	};
}

function compileCache(options: CacheOptions): BlockCache {
	return {
		options,
		bounds: {
			successMinSec: options.successTtlMinSec,
			successMaxSec: options.successTtlMaxSec,
			denialMinSec: options.denialTtlMinSec,
			denialMaxSec: options.denialTtlMaxSec,
		},
		zones: zoneSet(options.zones),
		disableSuccess: zoneSet(options.disableSuccess),
		disableDenial: zoneSet(options.disableDenial),
		staleTicks: (options.serveStale?.windowSec ?? 0) * ticksPerSec,
	};
}

function zoneSet(zones: readonly string[]): ZoneTable<true> {
	return new ZoneTable(zones.map((zone) => [nameToWire(zone), true] as const));
}

export function boundsOf(block: Block): TtlBounds {
	return block.cache?.bounds ?? unbounded;
}

/** The longest time after its expiry that any server block may still want an answer. */
export function longestStaleTicks(blocks: readonly Block[]): number {
	return Math.max(0, ...blocks.map((block) => block.cache?.staleTicks ?? 0));
}

/** Which of a listener's server blocks a name belongs to: the longest zone wins. */
export function zoneTableOf(
	blocks: readonly Block[],
	numbers: readonly number[],
	keyPort: number | undefined,
): ZoneTable<Block> {
	const entries: (readonly [Uint8Array, Block])[] = [];
	for (const number of numbers) {
		for (const [i, zone] of blocks[number].zones.entries()) {
			if (keyPort === undefined || blocks[number].ports[i] === keyPort) entries.push([zone, blocks[number]]);
		}
	}
	return new ZoneTable(entries);
}

/** The forward that a name takes first: the longest FROM that does not except it; -1: none. */
export function firstForward(block: Block, name: Uint8Array, nameBytes: number): number {
	return forwardAfter(block, -1, name, nameBytes);
}

/** The place of the next forward behind `place` that takes the name, -1 if there is none. */
export function forwardAfter(block: Block, place: number, name: Uint8Array, nameBytes: number): number {
	for (let i = place + 1; i < block.forwards.length; i++) {
		const forward = block.forwards[i];
		if (!isWithin(name, 0, nameBytes, forward.from)) continue;
		if (forward.except.some((zone) => isWithin(name, 0, nameBytes, zone))) continue;
		return i;
	}
	return -1;
}
