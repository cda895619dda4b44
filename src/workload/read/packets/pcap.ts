import { Backlog } from '../backlog.ts';
import type { TraceDecoder } from '../decoder.ts';
import type { Notes } from '../notes.ts';
import { findLink, linkTypesText } from './link.ts';
import type { PacketReader } from './packet-reader.ts';

/**
 * Captures in the format of libpcap (draft-ietf-opsawg-pcap), in the octet order of whoever wrote them:
 *
 *   file    magic 4 | version 2+2 | reserved 4+4 | snapshot length 4 | LINKTYPE 4
 *   packet  seconds 4 | µs or ns 4 | captured octets 4 | octets sent 4 | captured octets...
 */
const fileHeaderBytes = 24;
const packetHeaderBytes = 16;
/** What libpcap itself captures at most. More can only be damage, behind which nothing can be found again. */
export const maxPacketBytes = 262_144;

const magic = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;

interface FileHeader {
	readonly littleEndian: boolean;
	readonly linkType: number;
	/** Units of a packet's fraction of a second in a millisecond. */
	readonly unitsPerMs: number;
}

export class PcapDecoder implements TraceDecoder {
	readonly #notes: Notes;
	readonly #packets: PacketReader;
	readonly #backlog = new Backlog();
	#header: FileHeader | undefined;

	constructor(notes: Notes, packets: PacketReader) {
		this.#notes = notes;
		this.#packets = packets;
	}

	push(chunk: Uint8Array): void {
		const backlog = this.#backlog;
		backlog.append(chunk);
		if (this.#header === undefined && backlog.end - backlog.start >= fileHeaderBytes) {
			this.#header = this.#readFileHeader(backlog.octets, backlog.start);
			backlog.start += fileHeaderBytes;
		}
		if (this.#header !== undefined) while (this.#readPacket(this.#header, backlog));
		backlog.settle();
	}

	end(): void {
		const left = this.#backlog.end - this.#backlog.start;
		if (this.#header === undefined) this.#notes.fail(`${left} octets are no capture: its header has 24`);
		if (left === 0) return;
		this.#notes.read++;
		this.#notes.bad('cut short', `the capture ends within this packet, ${left} octets behind its beginning`);
	}

	#readFileHeader(octets: Buffer, start: number): FileHeader {
		const littleEndian = octets[start] !== 0xa1;
		const uint32 = (offset: number): number => readUint32(octets, start + offset, littleEndian);
		const kind = uint32(0);
		if (kind !== magic.microseconds && kind !== magic.nanoseconds) {
			const found = octets.toString('hex', start, start + 4);
			this.#notes.fail(`the file begins with ${found}, not as a capture of pcap or pcapng does`);
		}
		// The upper bits say how long the frames' checksums are.
		const linkType = uint32(20) & 0xffff;
		if (!findLink(linkType)) {
			this.#notes.fail(`the capture is of link type ${linkType}; petrel reads ${linkTypesText}`);
		}
		return { littleEndian, linkType, unitsPerMs: kind === magic.microseconds ? 1e3 : 1e6 };
	}

	/** False if the packet is not there as a whole. */
	#readPacket({ littleEndian, linkType, unitsPerMs }: FileHeader, backlog: Backlog): boolean {
		const { octets, start, end } = backlog;
		const frame = start + packetHeaderBytes;
		if (frame > end) return false;
		const uint32 = (offset: number): number => readUint32(octets, start + offset, littleEndian);
		const captured = uint32(8);
		if (captured > maxPacketBytes) {
			this.#notes.read++;
			this.#notes.fail(
				`the capture is damaged: a packet of ${captured} octets; at most ${maxPacketBytes} are`,
			);
		}
		if (frame + captured > end) return false;
		this.#notes.read++;
		const atMs = uint32(0) * 1000 + uint32(4) / unitsPerMs;
		this.#packets.read(linkType, octets, frame, frame + captured, atMs);
		backlog.start = frame + captured;
		return true;
	}
}

export function readUint32(octets: Buffer, offset: number, littleEndian: boolean): number {
	return littleEndian ? octets.readUInt32LE(offset) : octets.readUInt32BE(offset);
}
