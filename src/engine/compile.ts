import { type AnswerShape, type TtlBounds, unbounded } from '../cache/cacheability.ts';
import { ticksPerSec } from '../cache/layout.ts';
import type { CacheOptions, ForwardOptions, Model, ServerBlock } from '../config/model.ts';
import type { SelectableForward } from '../forward/selection.ts';
import { ZoneTable, zoneSet } from '../forward/zone-table.ts';
import type { Counters } from '../metrics/hot/counters.ts';
import { seriesRow } from '../metrics/hot/series-layout.ts';
import { compileHeaderRules, type HeaderMasks } from '../rewrite/header-rules.ts';
import { Rewriter } from '../rewrite/rewriter.ts';
import { encodeOption } from '../wire/edns.ts';
import { ednsOption, rrType } from '../wire/iana.ts';
import { isWithin, labelCount } from '../wire/name.ts';
import { nameToWire } from '../wire/presentation.ts';
import { compileLocalAnswers, type LocalAnswers } from './local/local-answers.ts';
import { type CompiledLogRule, compileLog } from './query-log.ts';
import { compileRotation, type Rotation } from './rotation.ts';
import type { Translator } from './translation.ts';

/** A `forward` as the engine uses it. */
export interface Forward extends SelectableForward {
	readonly options: ForwardOptions;
	readonly from: Uint8Array;
	readonly fromLabels: number;
	readonly except: readonly Uint8Array[];
	readonly failover: ReadonlySet<number>;
	readonly next: ReadonlySet<number>;
	readonly nextOnNodata: boolean;
	/** Queries for one question; 0: no limit of its own. */
	readonly maxAttempts: number;
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
	/** Its place among the blocks of its model. */
	readonly number: number;
	/** What its answers are kept under: the same in every model that has the block (`EngineSetup.cacheIds`). */
	readonly cacheId: number;
	readonly cache: BlockCache | undefined;
	readonly response: HeaderMasks;
	readonly query: HeaderMasks;
	readonly shape: AnswerShape;
	/** `rewrite` and `dns64`; undefined: questions are asked as they are. */
	readonly translator: Translator | undefined;
	/** `loadbalance`; undefined: records stand as they came. */
	readonly rotation: Rotation | undefined;
	readonly bufsizeBytes: number;
	/** Directives that answer by themselves, `whoami` apart; undefined: there are none. */
	readonly local: LocalAnswers | undefined;
	/** The EDNS option for clients that ask for an NSID. */
	readonly nsid: Uint8Array | undefined;
	readonly whoami: boolean;
	readonly loop: boolean;
	readonly logsErrors: boolean;
	/** Which queries are logged; undefined: none. */
	readonly log: readonly CompiledLogRule[] | undefined;
	/** Longest FROM first, then file order. */
	readonly forwards: readonly Forward[];
	readonly zones: readonly Uint8Array[];
	/** The number of its first zone, counted over all blocks. */
	readonly firstZone: number;
	/** The port of each zone's key. */
	readonly ports: readonly number[];
}

/**
 * @param cacheIds by block; undefined: the blocks' numbers, as in a process that knows one model only
 * @param counters where header rules count what they change
 */
export function compileBlocks(model: Model, cacheIds?: readonly number[], counters?: Counters): Block[] {
	let forwardNumber = 0;
	let zoneNumber = 0;
	let logNumber = 0;
	return model.blocks.map((block, number) => {
		const firstZone = zoneNumber;
		zoneNumber += block.keys.length;
		const firstLog = logNumber;
		logNumber += block.log.length;
		const forwards = block.forwards.map((options) => compileForward(options, forwardNumber++));
		forwards.sort((a, b) => b.fromLabels - a.fromLabels || a.number - b.number);
		const cache = block.cache && compileCache(block.cache);
		return {
			number,
			cacheId: cacheIds?.[number] ?? number,
			cache,
			response: compileHeaderRules(block.header.response, counters),
			query: compileHeaderRules(block.header.query),
			shape: {
				bounds: cache?.bounds ?? unbounded,
				minimal: block.minimal,
				expandDenials: cache?.options.nxdomainCut === true,
				expandType: block.loadbalance === undefined ? 0 : rrType.MX,
			},
			translator: compileTranslator(block, forwards),
			rotation: block.loadbalance && compileRotation(block.loadbalance),
			bufsizeBytes: block.bufsizeBytes,
			local: compileLocalAnswers(block),
			nsid: compileNsid(block.nsid),
			whoami: block.whoami,
			loop: block.loop,
			logsErrors: block.errors !== undefined,
			log: compileLog(block.log, firstLog),
			forwards,
			zones: block.keys.map((key) => nameToWire(key.zone)),
			firstZone,
			ports: block.keys.map((key) => key.port),
		};
	});
}

function compileNsid(data: string | undefined): Uint8Array | undefined {
	return data === undefined ? undefined : encodeOption(ednsOption.NSID, new TextEncoder().encode(data));
}

function compileTranslator(block: ServerBlock, forwards: readonly Forward[]): Translator | undefined {
	const { rewrites, dns64 } = block;
	if (rewrites.length === 0 && dns64 === undefined) return undefined;
	return {
		rewriter: rewrites.length > 0 ? new Rewriter(rewrites) : undefined,
		dns64: dns64 && { ...dns64, prefix: Uint8Array.from(dns64.prefix) },
		forwards: (name) => forwardBehind(forwards, -1, name, name.length) >= 0,
	};
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
		nextOnNodata: options.nextOnNodata,
		maxAttempts: options.maxConnectAttempts,
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

/** The longest time after its expiry that any server block may still want an answer. */
export function longestStaleTicks(blocks: readonly Block[]): number {
	return Math.max(0, ...blocks.map((block) => block.cache?.staleTicks ?? 0));
}

export interface ListenerZones {
	/** Numbers of the server blocks that answer at a listener. */
	readonly blocks: readonly number[];
	/** Of those blocks, only the zones with this port in their keys; undefined: all. */
	readonly keyPort?: number | undefined;
	/**
	 * Where its series are counted, by zone number, and behind them what belongs to no zone. Undefined: rows by
	 * arithmetic, as in a process that knows one model only.
	 */
	readonly rows?: readonly number[];
	/** Its clients come by IPv6. */
	readonly ipv6?: boolean | undefined;
}

/** Where a query goes: a zone of a server block, at one listener. */
export interface Route {
	readonly block: Block;
	/** Where its series are counted. */
	readonly row: number;
	/** `dns64` makes answers for clients that come this way. */
	readonly translates: boolean;
}

/** The routes of a listener. */
export interface Routes {
	/** The longest zone wins. */
	readonly table: ZoneTable<Route>;
	/** Where queries are counted that belong to no zone. */
	readonly droppedRow: number;
}

export function routesOf(blocks: readonly Block[], listener: number, zones: ListenerZones): Routes {
	const zoneCount = blocks.reduce((sum, block) => sum + block.zones.length, 0);
	const rowOf = (zone: number): number => zones.rows?.[zone] ?? seriesRow(listener, zone, zoneCount);
	const entries: (readonly [Uint8Array, Route])[] = [];
	for (const number of zones.blocks) {
		const block = blocks[number];
		const dns64 = block.translator?.dns64;
		const translates = dns64 !== undefined && (dns64.allowIpv4 || zones.ipv6 === true);
		for (const [i, zone] of block.zones.entries()) {
			if (zones.keyPort !== undefined && block.ports[i] !== zones.keyPort) continue;
			entries.push([zone, { block, row: rowOf(block.firstZone + i), translates }]);
		}
	}
	return { table: new ZoneTable(entries), droppedRow: rowOf(zoneCount) };
}

/** The forward that a name takes first: the longest FROM that does not except it; -1: none. */
export function firstForward(block: Block, name: Uint8Array, nameBytes: number): number {
	return forwardAfter(block, -1, name, nameBytes);
}

/** The place of the next forward behind `place` that takes the name, -1 if there is none. */
export function forwardAfter(block: Block, place: number, name: Uint8Array, nameBytes: number): number {
	return forwardBehind(block.forwards, place, name, nameBytes);
}

function forwardBehind(
	forwards: readonly Forward[],
	place: number,
	name: Uint8Array,
	nameBytes: number,
): number {
	for (let i = place + 1; i < forwards.length; i++) {
		const forward = forwards[i];
		if (!isWithin(name, 0, nameBytes, forward.from)) continue;
		if (!isExcepted(forward, name, nameBytes)) return i;
	}
	return -1;
}

function isExcepted(forward: Forward, name: Uint8Array, nameBytes: number): boolean {
	for (const zone of forward.except) if (isWithin(name, 0, nameBytes, zone)) return true;
	return false;
}
