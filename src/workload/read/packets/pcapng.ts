import { Backlog } from '../backlog.ts';
import type { TraceDecoder } from '../decoder.ts';
import type { Notes } from '../notes.ts';
import { type Interface, readInterface, timeMs } from './interfaces.ts';
import { findLink } from './link.ts';
import type { PacketReader } from './packet-reader.ts';
import { readUint32 } from './pcap.ts';

/**
 * Captures in pcapng (draft-ietf-opsawg-pcapng): blocks one after the other.
 *
 *   type 4 | length 4 | body, filled up to a multiple of 4 | length 4 again
 *
 * A section header says the octet order of what follows and takes back all interfaces; an interface description says link
 * type and time unit of an interface, whose number is its place. Blocks of other types are walked over.
 */
const blockType = {
	section: 0x0a0d0d0a,
	interface: 1,
	packet: 2,
	simplePacket: 3,
	enhancedPacket: 6,
} as const;
const byteOrderMagic = 0x1a2b3c4d;
const smallestBlockBytes = 12;
/** Of blocks that are read; what is longer can only be damage. */
const maxBlockBytes = 16 * 1024 * 1024;

export class PcapngDecoder implements TraceDecoder {
	readonly #notes: Notes;
	readonly #packets: PacketReader;
	readonly #backlog = new Backlog();
	#littleEndian = true;
	#hasSection = false;
	#interfaces: Interface[] = [];

	constructor(notes: Notes, packets: PacketReader) {
		this.#notes = notes;
		this.#packets = packets;
	}

	push(chunk: Uint8Array): void {
		this.#backlog.append(chunk);
		while (this.#readBlock(this.#backlog));
		this.#backlog.settle();
	}

	end(): void {
		const left = this.#backlog.end - this.#backlog.start;
		if (!this.#hasSection)
			this.#notes.fail(`${left} octets are no capture: a pcapng begins with a section header`);
		if (left === 0) return;
		this.#notes.read++;
		this.#notes.bad('cut short', `the capture ends within a block, ${left} octets behind its beginning`);
	}

	/** False if the block is not there as a whole. */
	#readBlock(backlog: Backlog): boolean {
		const { octets, start, end } = backlog;
		if (start + smallestBlockBytes > end) return false;
		// A section header's type reads the same both ways.
		const type = this.#uint32(octets, start);
		if (type === blockType.section) this.#readByteOrder(octets, start);
		else if (!this.#hasSection) this.#damaged('it begins with no section header');
		const length = this.#uint32(octets, start + 4);
		if (length < smallestBlockBytes || length % 4 !== 0 || length > maxBlockBytes) {
			this.#damaged(`a block says that it has ${length} octets`);
		}
		if (start + length > end) return false;
		if (this.#uint32(octets, start + length - 4) !== length) {
			this.#damaged(`a block says ${length} octets before it and another number behind it`);
		}
		this.#readBody(type, octets, start + 8, start + length - 4);
		backlog.start = start + length;
		return true;
	}

	#readByteOrder(octets: Buffer, start: number): void {
		this.#littleEndian = octets[start + 8] === 0x4d;
		if (this.#uint32(octets, start + 8) !== byteOrderMagic) this.#damaged('a section has no octet order');
		this.#hasSection = true;
		this.#interfaces = [];
	}

	#readBody(type: number, octets: Buffer, start: number, end: number): void {
		if (type === blockType.interface) this.#addInterface(octets, start, end);
		else if (type === blockType.enhancedPacket) {
			this.#readTimed(octets, start, end, start + 20 <= end ? this.#uint32(octets, start) : 0);
		} else if (type === blockType.packet) {
			this.#readTimed(octets, start, end, start + 20 <= end ? this.#uint16(octets, start) : 0);
		} else if (type === blockType.simplePacket) this.#readSimple(octets, start, end);
	}

	#addInterface(octets: Buffer, start: number, end: number): void {
		if (start + 8 > end) this.#damaged('the description of an interface is too short');
		this.#interfaces.push(readInterface(octets, start, end, this.#littleEndian));
	}

	/** Enhanced packets, and the packet blocks before them: interface, time (high, low), captured octets, octets sent. */
	#readTimed(octets: Buffer, start: number, end: number, number: number): void {
		this.#notes.read++;
		const frame = start + 20;
		if (frame > end) this.#damaged('the block of a packet is too short');
		const source = this.#interfaces[number];
		if (source === undefined) this.#damaged(`a packet is of interface ${number}, which is not described`);
		const captured = this.#uint32(octets, start + 12);
		if (frame + captured > end) this.#damaged(`a packet of ${captured} octets is longer than its block`);
		const atMs = timeMs(source, this.#uint32(octets, start + 4), this.#uint32(octets, start + 8));
		this.#take(source, octets, frame, frame + captured, atMs);
	}

	/** A simple packet is of the first interface and has no time; what was captured of it, the snapshot length says. */
	#readSimple(octets: Buffer, start: number, end: number): void {
		this.#notes.read++;
		const source = this.#interfaces[0];
		if (source === undefined || start + 4 > end)
			this.#damaged('a simple packet has no interface or no length');
		const sent = this.#uint32(octets, start);
		const captured = Math.min(sent, source.snapBytes || sent, end - start - 4);
		this.#take(source, octets, start + 4, start + 4 + captured, Number.NaN);
	}

	#take({ linkType }: Interface, octets: Buffer, start: number, end: number, atMs: number): void {
		if (findLink(linkType)) this.#packets.read(linkType, octets, start, end, atMs);
		else this.#notes.passOver('unknown link type');
	}

	#uint32(octets: Buffer, offset: number): number {
		return readUint32(octets, offset, this.#littleEndian);
	}

	#uint16(octets: Buffer, offset: number): number {
		return this.#littleEndian ? octets.readUInt16LE(offset) : octets.readUInt16BE(offset);
	}

	#damaged(what: string): never {
		this.#notes.fail(`the capture is damaged: ${what}`);
	}
}
