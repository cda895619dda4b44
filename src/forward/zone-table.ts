import { isWithin } from '../wire/name.ts';
import { nameToWire } from '../wire/presentation.ts';

/** Up to so many zones are compared one after the other, longest first: that is faster than to hash a name's suffixes. */
const comparedMax = 8;

/**
 * Finds the longest zone that a name is in. Built once per configuration. A few zones are compared with the name one
 * by one. Of many, a look-up walks the name's labels and hashes suffixes from the root up to the deepest zone there is,
 * so that its cost does not grow with their number. A table that holds only the root costs one comparison.
 */
export class ZoneTable<T> {
	readonly #zones = new Map<number, { name: Uint8Array; value: T }[]>();
	/** All but the root, longest first, unless they are too many. */
	readonly #compared: { readonly name: Uint8Array; readonly value: T }[] = [];
	#isHashed = false;
	#root: T | undefined;
	#deepest = 0;
	readonly #labelAt = new Uint16Array(128);

	/** @param entries zones as uncompressed lower-case wire names; the first of equals wins */
	constructor(entries: Iterable<readonly [Uint8Array, T]>) {
		for (const [name, value] of entries) {
			if (name.length === 1) {
				this.#root ??= value;
				continue;
			}
			let labels = 0;
			for (let at = 0; name[at] !== 0; at += name[at] + 1) labels++;
			this.#deepest = Math.max(this.#deepest, labels);
			const hash = extendHash(rootHash, name, 0, name.length - 1);
			const bucket = this.#zones.get(hash) ?? [];
			if (!bucket.some((zone) => equalAt(zone.name, name, 0))) {
				bucket.push({ name, value });
				this.#compared.push({ name, value });
			}
			this.#zones.set(hash, bucket);
		}
		this.#isHashed = this.#compared.length > comparedMax;
		this.#compared.sort((a, b) => b.name.length - a.name.length);
	}

	/** The value of the longest zone at or above the name, undefined if there is none. */
	find(name: Uint8Array, nameBytes: number): T | undefined {
		if (this.#deepest === 0) return this.#root;
		if (this.#isHashed) return this.#findHashed(name, nameBytes);
		const zones = this.#compared;
		for (let i = 0; i < zones.length; i++) {
			const zone = zones[i];
			if (isWithin(name, 0, nameBytes, zone.name)) return zone.value;
		}
		return this.#root;
	}

	#findHashed(name: Uint8Array, nameBytes: number): T | undefined {
		let best = this.#root;
		const labelAt = this.#labelAt;
		let labels = 0;
		for (let at = 0; name[at] !== 0; at += name[at] + 1) labelAt[labels++] = at;
		let hash = rootHash;
		let end = nameBytes - 1;
		const stop = Math.max(0, labels - this.#deepest);
		for (let label = labels - 1; label >= stop; label--) {
			hash = extendHash(hash, name, labelAt[label], end);
			end = labelAt[label];
			const bucket = this.#zones.get(hash);
			if (bucket === undefined) continue;
			for (const zone of bucket) {
				if (zone.name.length === nameBytes - end && equalAt(zone.name, name, end)) best = zone.value;
			}
		}
		return best;
	}
}

/** For the question whether a name is in one of `zones`, which are presentation names in lower case. */
export function zoneSet(zones: readonly string[]): ZoneTable<true> {
	return new ZoneTable(zones.map((zone) => [nameToWire(zone), true] as const));
}

/** FNV-1a's offset basis and prime. The table holds what the configuration says, so no secret is needed. */
const rootHash = 0x811c9dc5 | 0;

/** Goes on hashing a suffix towards the name's front: from the octet before `end` down to `start`. */
function extendHash(hash: number, name: Uint8Array, start: number, end: number): number {
	for (let at = end - 1; at >= start; at--) hash = Math.imul(hash ^ name[at], 0x01000193);
	return hash;
}

function equalAt(zone: Uint8Array, name: Uint8Array, offset: number): boolean {
	for (let i = 0; i < zone.length; i++) if (zone[i] !== name[offset + i]) return false;
	return true;
}
