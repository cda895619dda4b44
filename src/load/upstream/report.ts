import { typeName, typeNumber } from '../../wire/iana.ts';
import { nameToText, nameToWire } from '../../wire/presentation.ts';
import type { SeenQuery, Transport } from './query.ts';

/** Names that are counted one by one; queries for names beyond that are in the totals alone. */
export const maxCountedNames = 1_000_000;
/** Names in `toJSON`, those asked most often first. */
export const maxNamesInJson = 1000;
const defaultRemembered = 4096;

/** Counts by type and transport: [key, count, key, count ...]. Names have few types, so a search is fast. */
type Counts = number[];

function countKey(type: number, transport: Transport): number {
	return type * 2 + (transport === 'tcp' ? 1 : 0);
}

function add(counts: Counts, key: number): void {
	for (let i = 0; i < counts.length; i += 2) {
		if (counts[i] === key) {
			counts[i + 1]++;
			return;
		}
	}
	counts.push(key, 1);
}

function sum(counts: Counts, type: number | undefined, transport: Transport | undefined): number {
	let total = 0;
	for (let i = 0; i < counts.length; i += 2) {
		if (type !== undefined && counts[i] >>> 1 !== type) continue;
		if (transport !== undefined && counts[i] % 2 !== (transport === 'tcp' ? 1 : 0)) continue;
		total += counts[i + 1];
	}
	return total;
}

function countsToJson(counts: Counts): Record<string, number> {
	const json: Record<string, number> = {};
	for (let i = 0; i < counts.length; i += 2) {
		json[`${typeName(counts[i] >>> 1)}/${counts[i] % 2 === 1 ? 'tcp' : 'udp'}`] = counts[i + 1];
	}
	return json;
}

/** A name as the report knows it: lower case, with its last dot. */
export function reportedName(text: string): string {
	return nameToText(nameToWire(text)).toLowerCase();
}

function typeOf(type: string | number | undefined): number | undefined {
	return typeof type === 'string' ? (typeNumber(type) ?? -1) : type;
}

/**
 * What an upstream saw. The counts are exact however long it runs: they are a forwarder's true misses. Of the queries
 * themselves it remembers the latest.
 */
export class UpstreamReport {
	readonly #remembered: number;
	readonly #ring: SeenQuery[] = [];
	#oldest = 0;
	#byName = new Map<string, Counts>();
	#byType: Counts = [];
	#sourcePorts = new Set<number>();
	#ids = new Set<number>();
	#total = 0;
	#malformed = 0;
	#whileDown = 0;
	#uncountedNames = 0;

	/** @param remembered how many of the latest queries are kept whole */
	constructor(remembered = defaultRemembered) {
		this.#remembered = remembered;
	}

	see(query: SeenQuery): void {
		this.#total++;
		const key = countKey(query.type, query.transport);
		add(this.#byType, key);
		const counts = this.#byName.get(query.name);
		if (counts) add(counts, key);
		else if (this.#byName.size < maxCountedNames) this.#byName.set(query.name, [key, 1]);
		else this.#uncountedNames++;
		if (query.port > 0) this.#sourcePorts.add(query.port);
		this.#ids.add(query.id);
		if (this.#remembered === 0) return;
		if (this.#ring.length < this.#remembered) {
			this.#ring.push(query);
		} else {
			this.#ring[this.#oldest] = query;
			this.#oldest = (this.#oldest + 1) % this.#remembered;
		}
	}

	seeMalformed(): void {
		this.#malformed++;
	}

	seeWhileDown(): void {
		this.#whileDown++;
	}

	/** Queries seen, of any name, type and transport where none is given. */
	count(name?: string, type?: string | number, transport?: Transport): number {
		const counts = name === undefined ? this.#byType : this.#byName.get(reportedName(name));
		return counts ? sum(counts, typeOf(type), transport) : 0;
	}

	/** The latest queries, oldest first. */
	get queries(): readonly SeenQuery[] {
		return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
	}

	/** The last query for a name that is still remembered. */
	last(name: string): SeenQuery | undefined {
		const wanted = reportedName(name);
		return this.queries.findLast((query) => query.name === wanted);
	}

	/** All queries, answered or not. */
	get total(): number {
		return this.#total;
	}

	/** Messages that were no query with one question in them; not in any other count. */
	get malformed(): number {
		return this.#malformed;
	}

	/** Queries that got no answer because the schedule said down. */
	get whileDown(): number {
		return this.#whileDown;
	}

	/** Different names that were asked for, up to `maxCountedNames`. */
	get names(): number {
		return this.#byName.size;
	}

	/** Queries whose name is not counted because there were too many. */
	get uncountedNames(): number {
		return this.#uncountedNames;
	}

	get sourcePorts(): ReadonlySet<number> {
		return this.#sourcePorts;
	}

	get ids(): ReadonlySet<number> {
		return this.#ids;
	}

	/** Forgets everything. */
	reset(): void {
		this.#ring.length = 0;
		this.#oldest = 0;
		this.#byName = new Map();
		this.#byType = [];
		this.#sourcePorts = new Set();
		this.#ids = new Set();
		this.#total = this.#malformed = this.#whileDown = this.#uncountedNames = 0;
	}

	/** Plain data: totals, counts by type and transport, and the names that were asked for most. */
	toJSON() {
		const names = [...this.#byName].map(([name, counts]) => ({
			name,
			total: sum(counts, undefined, undefined),
			by: countsToJson(counts),
		}));
		names.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
		return {
			total: this.#total,
			udp: sum(this.#byType, undefined, 'udp'),
			tcp: sum(this.#byType, undefined, 'tcp'),
			malformed: this.#malformed,
			while_down: this.#whileDown,
			by_type: countsToJson(this.#byType),
			source_ports: this.#sourcePorts.size,
			ids: this.#ids.size,
			names_seen: this.#byName.size,
			uncounted_names: this.#uncountedNames,
			top_names: names.slice(0, maxNamesInJson),
		};
	}
}
