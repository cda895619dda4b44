import type { ConnectionCounts, DatagramCounts, Measured, SizeCounts, SlotCounts } from '../result.ts';
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

function added<Counts extends SlotCounts | DatagramCounts>(parts: readonly Counts[], zero: Counts): Counts {
	const sum = { ...zero };
	for (const part of parts) {
		for (const key of Object.keys(zero) as (keyof Counts)[]) {
			(sum[key] as number) += part[key] as number;
		}
	}
	return sum;
}

const noSlots: SlotCounts = { due: 0, answered: 0, late: 0, lost: 0, sendErrors: 0, notOffered: 0 };
const noDatagrams: DatagramCounts = {
	received: 0,
	answers: 0,
	late: 0,
	duplicates: 0,
	mismatched: 0,
	unknown: 0,
};

function addedSizes(parts: readonly SizeCounts[]): SizeCounts {
	const some = parts.filter(({ messages }) => messages > 0);
	return {
		messages: some.reduce((sum, { messages }) => sum + messages, 0),
		bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
		minBytes: some.length === 0 ? 0 : Math.min(...some.map(({ minBytes }) => minBytes)),
		maxBytes: Math.max(0, ...some.map(({ maxBytes }) => maxBytes)),
	};
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
	for (const map of maps) {
		for (const [key, count] of map) sum.set(key, (sum.get(key) ?? 0) + count);
	}
	return sum;
}

/** A new one that holds what all of them hold; the parts stay as they are. */
export function addedUp(parts: readonly Measured[]): Measured {
	return {
		slots: added(
			parts.map(({ slots }) => slots),
			noSlots,
		),
		datagrams: added(
			parts.map(({ datagrams }) => datagrams),
			noDatagrams,
		),
		rcodes: addedMaps(parts.map(({ rcodes }) => rcodes)),
		truncated: parts.reduce((sum, { truncated }) => sum + truncated, 0),
		queries: addedSizes(parts.map(({ queries }) => queries)),
		replies: addedSizes(parts.map(({ replies }) => replies)),
		latencyUs: merged(parts.map(({ latencyUs }) => latencyUs)),
		sinceSentUs: merged(parts.map(({ sinceSentUs }) => sinceSentUs)),
		lagUs: merged(parts.map(({ lagUs }) => lagUs)),
		connections: addedConnections(parts.map(({ connections }) => connections)),
	};
}
