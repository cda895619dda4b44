import { addCounts, addMap, addSizes, noDatagrams, noSizes, noSlots } from '../measure/counts.ts';
import type { ConnectionCounts, Measured, SlotCounts } from '../result.ts';
import { merged } from './histogram.ts';

/** What left this process: the rest of what was due was refused or not offered. */
export function sentOf({ answered, late, lost }: SlotCounts): number {
	return answered + late + lost;
}

/** What got no answer, refused queries included. What came late did. */
export function unansweredOf({ lost, sendErrors }: SlotCounts): number {
	return lost + sendErrors;
}

/** What the server was given, or would have been had it not refused. */
export function offeredOf({ due, notOffered }: SlotCounts): number {
	return due - notOffered;
}

function addedConnections(parts: readonly (ConnectionCounts | undefined)[]): ConnectionCounts | undefined {
	const some = parts.filter((part) => part !== undefined);
	if (some.length === 0) return undefined;
	return {
		opened: some.reduce((sum, { opened }) => sum + opened, 0),
		failed: some.reduce((sum, { failed }) => sum + failed, 0),
		handshakeUs: merged(some.map(({ handshakeUs }) => handshakeUs)),
	};
}

/** Sums for each key, over all maps. */
export function addedMaps<Key>(maps: readonly ReadonlyMap<Key, number>[]): Map<Key, number> {
	const sum = new Map<Key, number>();
	for (const map of maps) addMap(sum, map);
	return sum;
}

/** A new one that holds what all of them hold; the parts stay as they are. */
export function addedUp(parts: readonly Measured[]): Measured {
	const [slots, datagrams, queries, replies] = [noSlots(), noDatagrams(), noSizes(), noSizes()];
	for (const part of parts) {
		addCounts(slots, part.slots);
		addCounts(datagrams, part.datagrams);
		addSizes(queries, part.queries);
		addSizes(replies, part.replies);
	}
	return {
		...{ slots, datagrams, queries, replies },
		rcodes: addedMaps(parts.map(({ rcodes }) => rcodes)),
		truncated: parts.reduce((sum, { truncated }) => sum + truncated, 0),
		latencyUs: merged(parts.map(({ latencyUs }) => latencyUs)),
		sinceSentUs: merged(parts.map(({ sinceSentUs }) => sinceSentUs)),
		lagUs: merged(parts.map(({ lagUs }) => lagUs)),
		connections: addedConnections(parts.map(({ connections }) => connections)),
	};
}
