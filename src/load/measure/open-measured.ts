import type { WasmHistogram } from 'hdr-histogram-js';
import { eventKind, truncatedBit } from '../generate/events.ts';
import type { ConnectionCounts, DatagramCounts, Measured, SizeCounts, SlotCounts } from '../result.ts';
import { addCounts, addMap, addSizes, noDatagrams, noSizes, noSlots } from './counts.ts';
import { countingHistogram, packHistogram, recordUs, unpackHistogram } from './histograms.ts';

function addSize(sizes: SizeCounts, bytes: number): void {
	if (sizes.messages === 0 || bytes < sizes.minBytes) sizes.minBytes = bytes;
	if (bytes > sizes.maxBytes) sizes.maxBytes = bytes;
	sizes.messages++;
	sizes.bytes += bytes;
}

/** Sums of a span of time that is not over yet. */
export class OpenMeasured {
	readonly slots = noSlots();
	readonly datagrams = noDatagrams();
	readonly rcodes = new Map<number, number>();
	truncated = 0;
	readonly queries = noSizes();
	readonly replies = noSizes();
	readonly latencyUs = countingHistogram();
	readonly sinceSentUs = countingHistogram();
	readonly lagUs = countingHistogram();
	#connections: { opened: number; failed: number; handshakeUs: WasmHistogram } | undefined;

	/** A slot or a stray datagram, as `events.ts` has it. */
	add(
		kindAndMore: number,
		latencyUs: number,
		sinceSentUs: number,
		lagUs: number,
		queryBytes: number,
		replyBytes: number,
	): void {
		const kind = kindAndMore & 0xff;
		if (kind >= eventKind.duplicate) {
			this.#addStray(kind);
			return;
		}
		const { slots } = this;
		if (kind === eventKind.notOffered) {
			slots.due += latencyUs;
			slots.notOffered += latencyUs;
			return;
		}
		slots.due++;
		if (queryBytes > 0) {
			addSize(this.queries, queryBytes);
			recordUs(this.lagUs, lagUs);
		}
		if (kind === eventKind.sendError) {
			slots.sendErrors++;
			return;
		}
		recordUs(this.latencyUs, latencyUs);
		recordUs(this.sinceSentUs, sinceSentUs);
		if (kind === eventKind.lost) {
			slots.lost++;
			return;
		}
		this.#addAnswer(kind, kindAndMore, replyBytes);
	}

	addHandshakes(tookUs: readonly number[], failed: number): void {
		this.#connections ??= { opened: 0, failed: 0, handshakeUs: countingHistogram() };
		this.#connections.opened += tookUs.length;
		this.#connections.failed += failed;
		for (const us of tookUs) recordUs(this.#connections.handshakeUs, us);
	}

	/** Adds what another has counted, connections aside. */
	merge(other: OpenMeasured): void {
		addCounts(this.slots, other.slots);
		addCounts(this.datagrams, other.datagrams);
		addMap(this.rcodes, other.rcodes);
		this.truncated += other.truncated;
		addSizes(this.queries, other.queries);
		addSizes(this.replies, other.replies);
		this.latencyUs.add(other.latencyUs);
		this.sinceSentUs.add(other.sinceSentUs);
		this.lagUs.add(other.lagUs);
	}

	/** What it came to; nothing may be added any more. */
	close(): Measured {
		const connections = this.#connections;
		const closed = new ClosedMeasured(this, connections && closeConnections(connections));
		for (const histogram of [this.latencyUs, this.sinceSentUs, this.lagUs]) histogram.destroy();
		connections?.handshakeUs.destroy();
		return closed;
	}

	#addAnswer(kind: number, kindAndMore: number, replyBytes: number): void {
		const { slots, datagrams, rcodes } = this;
		datagrams.received++;
		if (kind === eventKind.answered) {
			slots.answered++;
			datagrams.answers++;
		} else {
			slots.late++;
			datagrams.late++;
		}
		const rcode = (kindAndMore >>> 8) & 0xf;
		rcodes.set(rcode, (rcodes.get(rcode) ?? 0) + 1);
		if (kindAndMore & truncatedBit) this.truncated++;
		addSize(this.replies, replyBytes);
	}

	#addStray(kind: number): void {
		const { datagrams } = this;
		datagrams.received++;
		if (kind === eventKind.duplicate) datagrams.duplicates++;
		else if (kind === eventKind.mismatched) datagrams.mismatched++;
		else datagrams.unknown++;
	}
}

function closeConnections(open: {
	opened: number;
	failed: number;
	handshakeUs: WasmHistogram;
}): ConnectionCounts {
	const packed = packHistogram(open.handshakeUs);
	return {
		opened: open.opened,
		failed: open.failed,
		get handshakeUs() {
			return unpackHistogram(packed);
		},
	};
}

/** Its histograms are unpacked when they are asked for: a long run has thousands of them. */
class ClosedMeasured implements Measured {
	readonly slots: SlotCounts;
	readonly datagrams: DatagramCounts;
	readonly rcodes: Map<number, number>;
	readonly truncated: number;
	readonly queries: SizeCounts;
	readonly replies: SizeCounts;
	readonly connections: ConnectionCounts | undefined;
	readonly #latency: string;
	readonly #sinceSent: string;
	readonly #lag: string;

	constructor(open: OpenMeasured, connections: ConnectionCounts | undefined) {
		this.slots = open.slots;
		this.datagrams = open.datagrams;
		this.rcodes = open.rcodes;
		this.truncated = open.truncated;
		this.queries = open.queries;
		this.replies = open.replies;
		this.connections = connections;
		this.#latency = packHistogram(open.latencyUs);
		this.#sinceSent = packHistogram(open.sinceSentUs);
		this.#lag = packHistogram(open.lagUs);
	}

	get latencyUs() {
		return unpackHistogram(this.#latency);
	}

	get sinceSentUs() {
		return unpackHistogram(this.#sinceSent);
	}

	get lagUs() {
		return unpackHistogram(this.#lag);
	}
}
