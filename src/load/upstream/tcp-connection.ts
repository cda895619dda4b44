import type { Socket } from 'node:net';
import { readUint16, writeUint16 } from '../../wire/header.ts';
import type { Deliveries } from './deliveries.ts';
import type { UpstreamScript } from './script.ts';

/**
 * One TCP connection of the scripted upstream: messages behind two octets of length (RFC 1035 §4.2.2), pipelined, each
 * answered when its answer falls due and so perhaps out of order (RFC 7766 §6.2.1.1).
 */

/** A connection on which nothing comes for so long is closed. */
const idleTimeoutMs = 60_000;
/** A client that reads so much less than it asks for is cut off. */
const maxUnreadBytes = 8 * 1024 * 1024;

export class TcpConnection {
	readonly #socket: Socket;
	readonly #script: UpstreamScript;
	readonly #deliveries: Deliveries;
	/** Octets of a message that is not complete yet: at most two octets of length and 65,535 more. */
	#pending: Uint8Array = new Uint8Array(0);
	#queries = 0;
	/** Deliveries that are not due yet. */
	#waiting = 0;
	/** The script closes the connection: what still comes is not read. */
	#ending = false;
	/** The client has sent all it will. */
	#clientEnded = false;

	constructor(socket: Socket, script: UpstreamScript, deliveries: Deliveries, onClose: () => void) {
		this.#socket = socket;
		this.#script = script;
		this.#deliveries = deliveries;
		socket.setTimeout(idleTimeoutMs, () => socket.destroy());
		socket.on('error', () => socket.destroy());
		socket.on('close', onClose);
		socket.on('data', (octets: Buffer) => this.#onData(octets));
		socket.on('end', () => {
			this.#clientEnded = true;
			this.#endIfDone();
		});
	}

	destroy(): void {
		this.#socket.destroy();
	}

	#onData(octets: Uint8Array): void {
		if (this.#ending) return;
		this.#deliveries.begin();
		const all = this.#pending.length === 0 ? octets : Buffer.concat([this.#pending, octets]);
		let at = 0;
		while (at + 2 <= all.length && !this.#ending) {
			const end = at + 2 + readUint16(all, at);
			if (end > all.length) break;
			this.#onMessage(all.subarray(at + 2, end));
			at = end;
		}
		this.#pending = new Uint8Array(all.subarray(at));
		this.#deliveries.settle();
	}

	#onMessage(message: Uint8Array): void {
		this.#queries++;
		const origin = { port: this.#socket.remotePort ?? 0, queryOfConnection: this.#queries };
		const { deliveries, closeAfter } = this.#script.answer(message, 'tcp', this.#deliveries.nowMs, origin);
		if (closeAfter) this.#ending = true;
		this.#waiting += deliveries.length;
		for (const [i, { afterMs, octets }] of deliveries.entries()) {
			const last = closeAfter === true && i === deliveries.length - 1;
			this.#deliveries.after(afterMs, () => this.#send(octets, last));
		}
		if (closeAfter && deliveries.length === 0) this.#socket.end();
	}

	#send(octets: Uint8Array, last: boolean): void {
		this.#waiting--;
		const socket = this.#socket;
		if (!socket.writable) return;
		if (socket.writableLength > maxUnreadBytes) {
			socket.destroy();
			return;
		}
		const framed = new Uint8Array(2 + octets.length);
		writeUint16(framed, 0, octets.length);
		framed.set(octets, 2);
		socket.write(framed);
		if (last) socket.end();
		else this.#endIfDone();
	}

	/** A client that has closed its side still gets what it waits for (RFC 7766 §6.2.4). */
	#endIfDone(): void {
		if (this.#clientEnded && this.#waiting === 0) this.#socket.end();
	}
}
