import { parseQueryRecords } from '../../../wire/edns.ts';
import { at, flag, headerBytes, opcodeOf, readUint16 } from '../../../wire/header.ts';
import { opcode } from '../../../wire/iana.ts';
import { parsed, parseQuestion, QueryView } from '../../../wire/question.ts';
import type { Notes } from '../notes.ts';
import type { Outlet } from '../outlet.ts';
import { AddressTexts } from './address-texts.ts';
import { IpPacket, ipOutcome, protocol, readIp } from './ip.ts';
import { findLink, notIp } from './link.ts';
import { Pairing, type Pending } from './pairing.ts';

export interface PacketOptions {
	/** Of DNS servers. 0: any, whatever parses as DNS is taken for it. */
	readonly port: number;
	/** What replies say is added to their queries; otherwise replies are passed over. */
	readonly pairing: Pairing | undefined;
}

const portsBytes = 4;
const udpHeaderBytes = 8;
const tcpHeaderBytes = 20;
/** Before a message by TCP stands its length (RFC 1035 §4.2.2). */
const lengthBytes = 2;

const cutAdvice = 'the capture has only its beginning; capture whole packets, as by tcpdump -s 0';

/**
 * From a frame to the DNS queries in it. UDP is read by the datagram. TCP streams are not put together: a message is read
 * if it lies in one segment, and begins with it or behind another whole message.
 */
export class PacketReader {
	readonly #notes: Notes;
	readonly #outlet: Outlet;
	readonly #port: number;
	readonly #pairing: Pairing | undefined;
	readonly #addresses = new AddressTexts();
	readonly #ip = new IpPacket();
	readonly #view = new QueryView();
	/** Of the packet that is being read. */
	#atMs = 0;
	#sourcePort = 0;
	#targetPort = 0;

	constructor(notes: Notes, outlet: Outlet, { port, pairing }: PacketOptions) {
		this.#notes = notes;
		this.#outlet = outlet;
		this.#port = port;
		this.#pairing = pairing;
	}

	/**
	 * Reads the frame at `octets[start, end)`: as much as was captured.
	 *
	 * @param linkType a LINKTYPE that `findLink` knows
	 * @param atMs NaN if it is not recorded
	 */
	read(linkType: number, octets: Buffer, start: number, end: number, atMs: number): void {
		const notes = this.#notes;
		this.#atMs = atMs;
		this.#outlet.passTime(atMs);
		const ipStart = findLink(linkType)!(octets, start, end);
		if (ipStart === notIp) {
			notes.passOver('not IP');
			return;
		}
		const ip = this.#ip;
		const outcome = readIp(ip, octets, ipStart, end);
		if (outcome === ipOutcome.laterFragment) {
			notes.passOver(outcome);
			return;
		}
		if (outcome === ipOutcome.cut) {
			notes.bad(outcome, `of the packet ${cutAdvice}`);
			return;
		}
		if (outcome !== ipOutcome.ok) {
			notes.bad(outcome, 'the IP header of the packet is damaged');
			return;
		}
		if (ip.protocol === protocol.udp) this.#readUdp(octets);
		else if (ip.protocol === protocol.tcp) this.#readTcp(octets);
		else notes.passOver('not UDP or TCP');
	}

	/** Reads the ports, which stand first in both protocols. False, and noted: it is nothing for us. */
	#readPorts(octets: Buffer, headerBytes: number): boolean {
		const { start, end } = this.#ip;
		if (start + portsBytes <= end) {
			this.#sourcePort = readUint16(octets, start);
			this.#targetPort = readUint16(octets, start + 2);
			if (this.#port !== 0 && this.#sourcePort !== this.#port && this.#targetPort !== this.#port) {
				this.#notes.passOver('another port');
				return false;
			}
		}
		if (start + headerBytes <= end) return true;
		this.#notes.bad(ipOutcome.cut, `of the packet ${cutAdvice}`);
		return false;
	}

	#readUdp(octets: Buffer): void {
		if (!this.#readPorts(octets, udpHeaderBytes)) return;
		const { start, end } = this.#ip;
		const messageStart = start + udpHeaderBytes;
		const messageBytes = readUint16(octets, start + 4) - udpHeaderBytes;
		this.#readMessage(octets, messageStart, Math.min(end, messageStart + messageBytes), messageBytes);
	}

	#readTcp(octets: Buffer): void {
		if (!this.#readPorts(octets, tcpHeaderBytes)) return;
		const { start, end, bytes } = this.#ip;
		const dataOffset = (octets[start + 12] >>> 4) * 4;
		const segmentEnd = start + bytes;
		let position = start + dataOffset;
		if (position >= segmentEnd) {
			this.#notes.passOver('TCP without data');
			return;
		}
		const isQuery = this.#targetPort === this.#port;
		while (position < segmentEnd) {
			const messageStart = position + lengthBytes;
			const messageBytes = messageStart <= end ? readUint16(octets, position) : 0;
			const messageEnd = messageStart + messageBytes;
			// The beginning of a reply says most of what is wanted, and is known by its question.
			if (messageStart + headerBytes > end || (isQuery && messageEnd > end)) {
				this.#notes.bad(
					'TCP message not in one segment',
					'a DNS message by TCP is not whole in its packet; TCP streams are not put together',
				);
				return;
			}
			this.#readMessage(octets, messageStart, Math.min(end, messageEnd), messageBytes);
			position = messageEnd;
		}
	}

	/** @param bytes how long the message was, of which `[start, end)` was captured */
	#readMessage(octets: Buffer, start: number, end: number, bytes: number): void {
		if (start + headerBytes > end) {
			if (bytes >= headerBytes) {
				this.#notes.bad(ipOutcome.cut, `of the DNS message ${cutAdvice}`);
				return;
			}
			this.#notes.bad(
				'damaged DNS message',
				`${Math.max(0, bytes)} octets are no DNS message; it has 12 at least`,
			);
			return;
		}
		const isReply = (octets[start + at.flags] & 0x80) !== 0;
		const port = isReply ? this.#sourcePort : this.#targetPort;
		if (this.#port !== 0 && port !== this.#port) {
			this.#notes.passOver('another port');
			return;
		}
		if (isReply) this.#readReply(octets, start, end, bytes);
		else this.#readQuery(octets, start, end, bytes);
	}

	#readReply(octets: Buffer, start: number, end: number, bytes: number): void {
		if (!this.#pairing) {
			this.#notes.passOver('replies');
			return;
		}
		const { sourceAt, targetAt, addressBytes } = this.#ip;
		const exchange = {
			client: this.#addresses.read(octets, targetAt, addressBytes),
			port: this.#targetPort,
			server: this.#addresses.read(octets, sourceAt, addressBytes),
			id: readUint16(octets, start + at.id),
		};
		const isWanted = this.#pairing.reply(exchange, octets, start, end, bytes, this.#atMs);
		if (!isWanted) this.#notes.passOver('replies without their query');
	}

	#readQuery(octets: Buffer, start: number, end: number, bytes: number): void {
		const view = this.#view;
		const isCut = end - start < bytes;
		if (opcodeOf(readUint16(octets, start + at.flags)) !== opcode.QUERY) {
			this.#notes.passOver('other opcodes than QUERY');
			return;
		}
		const isParsed = parseQuestion(view, octets, start, end - start) === parsed.ok;
		// Of a query that is cut off behind its question, EDNS alone is lost.
		if (isParsed && (parseQueryRecords(view, octets) === parsed.ok || isCut)) {
			this.#takeQuery(octets);
			return;
		}
		if (isCut) {
			this.#notes.bad(ipOutcome.cut, `of the DNS message ${cutAdvice}`);
			return;
		}
		const what = isParsed ? 'the records behind the question' : 'the question';
		this.#notes.bad('damaged DNS message', `${what} of the DNS message cannot be read`);
	}

	#takeQuery(octets: Buffer): void {
		const view = this.#view;
		const { sourceAt, targetAt, addressBytes } = this.#ip;
		const client = this.#addresses.read(octets, sourceAt, addressBytes);
		const server = this.#addresses.read(octets, targetAt, addressBytes);
		const { id, udpPayloadBytes, dnssecOk, questionStart } = view;
		const pending: Pending = {
			query: {
				atMs: this.#atMs,
				client,
				qname: new Uint8Array(octets.subarray(questionStart, questionStart + view.qnameBytes)),
				qtype: view.qtype,
				qclass: view.qclass,
				edns: view.hasOpt ? { udpPayloadBytes, dnssecOk } : undefined,
				recursionDesired: (view.flags & flag.rd) !== 0,
				rcode: undefined,
				answerTtlSec: undefined,
				replyBytes: undefined,
				rttUs: undefined,
				line: this.#notes.read,
			},
			port: this.#sourcePort,
			id,
			key: this.#pairing ? Pairing.keyOf({ client, port: this.#sourcePort, server, id }) : '',
		};
		this.#pairing?.ask(pending);
		this.#outlet.take(pending);
	}
}
