import { typeName, typeNumber } from '../../wire/iana.ts';
import { nameToLowerCaseWire, nameToText } from '../../wire/presentation.ts';
import { type CountKey, NameTally } from './name-tally.ts';
import { NumberSet } from './number-set.ts';
import { OctetKey } from './octet-table.ts';
import type { SeenQuery, Transport } from './query.ts';
import { topNames } from './top-names.ts';
import { TypeCounts } from './type-counts.ts';

/** Names that are counted one by one; queries for names beyond that are in the totals alone. */
export const maxCountedNames = 1_000_000;
/** Names in `toJSON`, those asked most often first. */
export const maxNamesInJson = 1000;
const defaultRemembered = 4096;

export function countKey(type: number, transport: Transport): CountKey {
	return type * 2 + (transport === 'tcp' ? 1 : 0);
}

/** A name as the report knows it: lower case, with its last dot. */
export function reportedName(text: string): string {
	return nameToText(nameToLowerCaseWire(text));
}

function typeOf(type: string | number | undefined): number | undefined {
	return typeof type === 'string' ? (typeNumber(type) ?? -1) : type;
}

type VisitCounts = (visit: (key: CountKey, count: number) => void) => void;

function countsToJson(visitCounts: VisitCounts): Record<string, number> {
	const json: Record<string, number> = {};
	visitCounts((key, count) => {
		json[`${typeName(key >>> 1)}/${key % 2 === 1 ? 'tcp' : 'udp'}`] = count;
	});
	return json;
}

/**
 * What an upstream saw. The counts are exact however long it runs: they are a forwarder's true misses. Of the queries
 * themselves it remembers the latest.
 */
export class UpstreamReport {
	/** How many of the latest queries are kept whole. */
	readonly remembered: number;
	readonly #ring: SeenQuery[] = [];
	#oldest = 0;
	readonly #tally: NameTally;
	readonly #byType = new TypeCounts();
	readonly #sourcePorts = new NumberSet();
	readonly #ids = new NumberSet();
	readonly #key = new OctetKey();
	#total = 0;
	#malformed = 0;
	#whileDown = 0;
	#uncountedNames = 0;

	/**
	 * @param remembered how many of the latest queries are kept whole
	 * @param expectedNames room for so many names is made at once, so that a busy upstream need not stop to make it
	 */
	constructor(remembered = defaultRemembered, expectedNames = 0) {
		this.remembered = remembered;
		this.#tally = new NameTally(maxCountedNames, expectedNames);
	}

	/** Counts a query without remembering it. @param port 0: it is not known */
	countQuestion(name: OctetKey, key: CountKey, id: number, port: number): void {
		this.#total++;
		this.#byType.add(key);
		if (!this.#tally.count(name, key)) this.#uncountedNames++;
		if (port > 0) this.#sourcePorts.add(port);
		this.#ids.add(id);
	}

	see(query: SeenQuery): void {
		this.#key.set(query.lowerQname, 0, query.lowerQname.length);
		this.countQuestion(this.#key, countKey(query.type, query.transport), query.id, query.port);
		if (this.remembered === 0) return;
		if (this.#ring.length < this.remembered) {
			this.#ring.push(query);
		} else {
			this.#ring[this.#oldest] = query;
			this.#oldest = (this.#oldest + 1) % this.remembered;
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
		const wanted = typeOf(type);
		let total = 0;
		this.#countsOf(name)((key, count) => {
			if (wanted !== undefined && key >>> 1 !== wanted) return;
			if (transport === undefined || key % 2 === (transport === 'tcp' ? 1 : 0)) total += count;
		});
		return total;
	}

	#countsOf(name: string | undefined): VisitCounts {
		if (name === undefined) return (visit) => this.#byType.visit(visit);
		const octets = nameToLowerCaseWire(name);
		this.#key.set(octets, 0, octets.length);
		const number = this.#tally.find(this.#key);
		return (visit) => number >= 0 && this.#tally.visit(number, visit);
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
		return this.#tally.names;
	}

	/**
	 * Different pairs of name and type, of the names that are counted: what a cache that never forgets asks once, and so a
	 * forwarder's least number of misses.
	 */
	get questions(): number {
		return this.#tally.pairs;
	}

	/** Queries whose name is not counted because there were too many. */
	get uncountedNames(): number {
		return this.#uncountedNames;
	}

	/** By rising number. */
	get sourcePorts(): ReadonlySet<number> {
		return this.#sourcePorts.toSet();
	}

	/** By rising number. */
	get ids(): ReadonlySet<number> {
		return this.#ids.toSet();
	}

	/** Forgets everything. */
	reset(): void {
		this.#ring.length = 0;
		this.#oldest = 0;
		this.#tally.clear();
		this.#byType.clear();
		this.#sourcePorts.clear();
		this.#ids.clear();
		this.#total = this.#malformed = this.#whileDown = this.#uncountedNames = 0;
	}

	/** Plain data: totals, and counts by type and transport. Some milliseconds shorter than `toJSON`. */
	totals() {
		return {
			total: this.#total,
			udp: this.count(undefined, undefined, 'udp'),
			tcp: this.count(undefined, undefined, 'tcp'),
			malformed: this.#malformed,
			while_down: this.#whileDown,
			by_type: countsToJson(this.#countsOf(undefined)),
			source_ports: this.#sourcePorts.size,
			ids: this.#ids.size,
			names_seen: this.names,
			questions_seen: this.questions,
			uncounted_names: this.#uncountedNames,
		};
	}

	/** The totals, and the names that were asked for most. */
	toJSON() {
		const tally = this.#tally;
		const names = topNames(tally, maxNamesInJson).map((number) => ({
			name: nameToText(tally.nameOf(number)),
			total: tally.totalOf(number),
			by: countsToJson((visit) => tally.visit(number, visit)),
		}));
		names.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
		return { ...this.totals(), top_names: names };
	}
}
