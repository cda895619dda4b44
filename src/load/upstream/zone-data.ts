import { isSingle, makeZoneData, soaData } from './data.ts';
import { OctetKey, OctetTable } from './octet-table.ts';
import { topLevelOf, zoneIndexOf } from './zone.ts';

/** Zones that are kept where every name's last label is one. Whoever asks below more makes them begin anew. */
const maxZones = 256;
const maxZoneBytes = maxZones * 72;
/** Where the MINIMUM field stands in a SOA's RDATA: at its end. */
export const soaMinimumBytes = 4;

const none: readonly Uint8Array[] = [];

/** RDATA that is the same for all names of a zone, made once. */
export class ZoneData {
	readonly zone: Uint8Array;
	/** With MINIMUM 0. */
	readonly soa: Uint8Array;
	readonly #byType = new Map<number, Uint8Array[]>();

	constructor(zone: Uint8Array) {
		this.zone = zone;
		this.soa = soaData(zone, 0);
	}

	/** At least `count` records of the type, or one where a name has one only; none if the type has no such data. */
	of(type: number, count: number): readonly Uint8Array[] {
		const known = this.#byType.get(type);
		if (known !== undefined && (known.length >= count || isSingle(type))) return known;
		return this.#make(type, count);
	}

	#make(type: number, count: number): readonly Uint8Array[] {
		const made: Uint8Array[] = [];
		for (let i = 0; i < Math.max(1, count); i++) {
			const rdata = makeZoneData(this.zone, type, i);
			if (rdata === undefined) return none;
			made.push(rdata);
			if (isSingle(type)) break;
		}
		this.#byType.set(type, made);
		return made;
	}
}

/** The zones of an upstream: those it was given, or every name's last label. */
export class ZoneTable {
	readonly #zones: readonly Uint8Array[] | undefined;
	readonly #given: readonly ZoneData[];
	readonly #labels = new OctetTable({ maxKeys: maxZones, maxBytes: maxZoneBytes });
	readonly #seen: ZoneData[] = [];
	readonly #key = new OctetKey();

	constructor(zones: readonly Uint8Array[] | undefined) {
		this.#zones = zones;
		this.#given = (zones ?? []).map((zone) => new ZoneData(zone));
	}

	/** The zone of a name in lower case, of `nameBytes` octets; undefined: it is in none. */
	of(name: Uint8Array, nameBytes: number): ZoneData | undefined {
		if (this.#zones !== undefined) return this.#given[zoneIndexOf(name, nameBytes, this.#zones)];
		let last = nameBytes - 1;
		for (let position = 0; name[position] !== 0; position += name[position] + 1) last = position;
		this.#key.set(name, last, nameBytes - last);
		const number = this.#labels.find(this.#key);
		return number >= 0 ? this.#seen[number] : this.#learn(name.slice(last, nameBytes));
	}

	#learn(label: Uint8Array): ZoneData {
		if (this.#labels.size === maxZones) {
			this.#labels.clear();
			this.#seen.length = 0;
		}
		this.#labels.add(this.#key);
		const zone = new ZoneData(topLevelOf(label));
		this.#seen.push(zone);
		return zone;
	}
}
