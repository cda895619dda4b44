import { corednsLogDecoder } from './coredns-log.ts';
import type { TraceDecoder } from './decoder.ts';
import { captureKind, type TraceFormat } from './detect.ts';
import { dnsperfDecoder } from './dnsperf.ts';
import { type Notes, quoted } from './notes.ts';
import { Outlet, type OutletOptions } from './outlet.ts';
import { PacketReader } from './packets/packet-reader.ts';
import { Pairing, type Pending, replyWaitMs } from './packets/pairing.ts';
import { PcapDecoder } from './packets/pcap.ts';
import { PcapngDecoder } from './packets/pcapng.ts';
import { zeekDecoder } from './zeek.ts';

export interface DecoderOptions {
	/** Of DNS servers; 0: any. */
	readonly port: number;
	readonly pairReplies: boolean;
	/** 0: none are passed over. */
	readonly duplicatesWithinMs: number;
	readonly keepIncomplete: boolean;
	readonly untypedAs: number | undefined;
}

export interface OpenDecoder {
	readonly decoder: TraceDecoder;
	/** Where the queries come out. */
	readonly outlet: Outlet;
}

/** @param head the first octets: they tell pcap from pcapng */
export function openDecoder(
	format: TraceFormat,
	head: Buffer,
	notes: Notes,
	options: DecoderOptions,
): OpenDecoder {
	const { port, duplicatesWithinMs, keepIncomplete } = options;
	const open = (
		waitMs: number,
		make: (outlet: Outlet) => TraceDecoder,
		more?: Partial<OutletOptions>,
	): OpenDecoder => {
		const outlet = new Outlet(notes, { waitMs, holdUntimed: false, duplicatesWithinMs, ...more });
		return { decoder: make(outlet), outlet };
	};
	if (format === 'dnsperf') return open(0, (outlet) => dnsperfDecoder(notes, outlet, options.untypedAs));
	// Rows and lines are written when a query is over, or when somebody put several logs together.
	if (format === 'zeek') {
		return open(Number.POSITIVE_INFINITY, (outlet) => zeekDecoder(notes, outlet, { port, keepIncomplete }));
	}
	if (format === 'coredns-log') {
		return open(Number.POSITIVE_INFINITY, (outlet) => corednsLogDecoder(notes, outlet));
	}
	const pairing = options.pairReplies ? new Pairing() : undefined;
	const Decoder = captureDecoder(head, notes);
	return open(
		replyWaitMs,
		(outlet) => new Decoder(notes, new PacketReader(notes, outlet, { port, pairing })),
		pairing && { holdUntimed: true, onLeave: (asked) => pairing.forget(asked as Pending) },
	);
}

function captureDecoder(head: Buffer, notes: Notes): typeof PcapDecoder | typeof PcapngDecoder {
	const kind = captureKind(head);
	if (kind) return kind === 'pcap' ? PcapDecoder : PcapngDecoder;
	const found = quoted(head.toString('hex', 0, 4));
	return notes.fail(`the file begins with the octets ${found}: it is neither pcap nor pcapng`);
}
