import { isWithin, maxNameBytes } from '../../wire/name.ts';

/** Wire names cut, joined and weighed. All are uncompressed; those that are compared are in lower case. */

const root = new Uint8Array(1);

/** Which of `zones` a name of `nameBytes` octets is in: the longest that holds it; -1 if none does. */
export function zoneIndexOf(name: Uint8Array, nameBytes: number, zones: readonly Uint8Array[]): number {
	let best = -1;
	for (let i = 0; i < zones.length; i++) {
		if (best >= 0 && zones[i].length <= zones[best].length) continue;
		if (isWithin(name, 0, nameBytes, zones[i])) best = i;
	}
	return best;
}

/** The zone that a name is in; undefined if none of `zones` holds it. */
export function zoneOf(name: Uint8Array, zones: readonly Uint8Array[]): Uint8Array | undefined {
	return zones[zoneIndexOf(name, name.length, zones)];
}

/** The name's last label with the root: its zone where no zones are configured. */
export function topLevelOf(name: Uint8Array): Uint8Array {
	let last = name.length - 1;
	for (let position = 0; name[position] !== 0; position += name[position] + 1) last = position;
	return name.subarray(last);
}

/** `labels`, each of ASCII and at most 63 long, in front of `name`; undefined if that is longer than a name may be. */
export function prefixed(labels: readonly string[], name: Uint8Array): Uint8Array | undefined {
	let length = name.length;
	for (const label of labels) length += label.length + 1;
	if (length > maxNameBytes) return undefined;
	const joined = new Uint8Array(length);
	let position = 0;
	for (const label of labels) {
		joined[position++] = label.length;
		for (let i = 0; i < label.length; i++) joined[position++] = label.charCodeAt(i);
	}
	joined.set(name, position);
	return joined;
}

/** One label in front of a zone: short enough for every zone that `topLevelOf` gives, else the root. */
export function under(label: string, zone: Uint8Array): Uint8Array {
	return prefixed([label], zone) ?? root;
}

/** The name without its first `count` labels. */
export function withoutLabels(name: Uint8Array, count: number): Uint8Array {
	let position = 0;
	for (; count > 0 && name[position] !== 0; count--) position += name[position] + 1;
	return name.subarray(position);
}

/** A number that depends on the name alone (FNV-1a, 32 bits), so that repeated queries agree. */
export function nameHash(name: Uint8Array): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name[i], 0x01000193);
	return hash >>> 0;
}
