/**
 * One client's TCP connection (RFC 7766): queries pipelined, replies in whatever order they come. What
 * happens next follows from four facts, which `#update` looks at after every event:
 *
 *   outstanding   queries passed up and not yet answered
 *   pending       octets received and not yet passed up
 *   blocked       nothing may be passed up now: enough outstanding, replies unread, no room for a client
 *   ended         the client has sent FIN; its replies are still due
 *
 *   blocked                           -> the socket is paused, and TCP's window slows the client down
 *   pending and not blocked           -> a message is arriving: the read limit runs, from its first octet
 *   nothing outstanding nor arriving  -> the idle limit runs, and the connection may give way to a newcomer
 *   ended and nothing outstanding     -> FIN back
 *
 * Both limits use a timer that is made once and refreshed; one that fires in a state it was not meant for
 * does nothing.
 */
import type { Socket } from 'node:net';
import { framed, MessageFraming } from './tcp-framing.ts';
import type { ClientAddress, TcpLimits } from './transport.ts';
import type { TransportCounters } from './transport-counters.ts';

/** Replies that a client leaves unread, in octets of this process's memory; beyond that it is cut off. */
export const maxUnwrittenBytes = 256 * 1024;

/** What a connection needs of its listener. */
export interface ConnectionHost {
	readonly limits: TcpLimits;
	readonly counters: TransportCounters;
	/** Whether one more message can be passed up. When not, the listener calls `pump` as soon as it can. */
	mayPassUp(connection: TcpConnection): boolean;
	passUp(connection: TcpConnection, octets: Uint8Array, start: number, length: number): void;
	/** Called after every event: an idle connection is, from now, the last to give way. */
	idleChanged(connection: TcpConnection, idle: boolean): void;
	closed(connection: TcpConnection): void;
}

export class TcpConnection {
	readonly peer: ClientAddress;
	readonly #socket: Socket;
	readonly #host: ConnectionHost;
	readonly #framing = new MessageFraming();
	readonly #idleTimer: NodeJS.Timeout;
	#readTimer: NodeJS.Timeout | undefined;
	#writeTimer: NodeJS.Timeout | undefined;
	/** `framing.taken` when the message that the read limit runs for began; -1: it runs for none. */
	#arriving = -1;
	#idle = false;
	#outstanding = 0;
	#passedUp = 0;
	#unwritten = false;
	#ended = false;
	#draining = false;
	#pumping = false;

	constructor(socket: Socket, peer: ClientAddress, host: ConnectionHost) {
		this.#socket = socket;
		this.#host = host;
		this.peer = peer;
		this.#idleTimer = setTimeout(() => this.#onIdleTimer(), host.limits.idleMs);
		socket.on('data', (chunk: Buffer) => {
			if (this.#draining) return;
			this.#framing.push(chunk);
			this.pump();
		});
		socket.on('drain', () => {
			this.#unwritten = false;
			clearTimeout(this.#writeTimer);
			this.pump();
		});
		socket.on('end', () => {
			this.#ended = true;
			this.pump();
		});
		// Resets and broken pipes: 'close' follows, and there is nobody left to tell.
		socket.on('error', () => {});
		socket.on('close', () => this.#onClose());
		this.#update();
	}

	/** Passes up what may be passed up. Called again whenever a reason not to has gone. */
	pump(): void {
		const socket = this.#socket;
		if (this.#pumping || socket.destroyed) return;
		if (this.#framing.pending) {
			this.#pumping = true;
			// Replies to what was pipelined in one chunk leave in one write.
			socket.cork();
			const sane = this.#passUpAll();
			socket.uncork();
			this.#pumping = false;
			if (!sane) socket.destroy();
		}
		this.#update();
	}

	/** False: the client does not speak DNS, and nothing after this point of the stream can be trusted. */
	#passUpAll(): boolean {
		const framing = this.#framing;
		const { maxQueries } = this.#host.limits;
		while (framing.pending && !this.#blocked() && framing.next()) {
			if (framing.length === 0) {
				this.#host.counters.add('tcpEmptyMessage');
				return false;
			}
			this.#outstanding++;
			this.#passedUp++;
			this.#host.passUp(this, framing.octets, framing.start, framing.length);
			if (this.#passedUp === maxQueries) this.#draining = true;
		}
		return true;
	}

	/** Writes one reply. After the connection has gone it only counts the query as answered. */
	reply(octets: Uint8Array, start: number, length: number): void {
		const socket = this.#socket;
		if (socket.writable) {
			if (!socket.write(framed(octets, start, length)) && !this.#unwritten) this.#startWriteTimer();
			if (socket.writableLength > maxUnwrittenBytes) {
				this.#host.counters.add('tcpUnreadClosed');
				socket.destroy();
			}
		}
		this.release();
	}

	/** One query will get no reply. */
	release(): void {
		this.#outstanding--;
		this.pump();
	}

	/** Closes when the replies that are owed are written; what else arrives is thrown away. */
	drain(): void {
		this.#draining = true;
		this.#update();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	#blocked(): boolean {
		return (
			this.#draining ||
			this.#unwritten ||
			this.#socket.destroyed ||
			this.#outstanding >= this.#host.limits.maxPipelined ||
			!this.#host.mayPassUp(this)
		);
	}

	#update(): void {
		const socket = this.#socket;
		if (this.#pumping || socket.destroyed) return;
		const blocked = this.#blocked();
		// While it drains it reads on, so that the client's FIN is seen.
		if (blocked && !this.#draining) socket.pause();
		else if (socket.isPaused()) socket.resume();

		const arriving = this.#framing.pending && !blocked && !this.#ended;
		if (!arriving) this.#arriving = -1;
		else if (this.#arriving !== this.#framing.taken) this.#startReadTimer();

		this.#idle = this.#outstanding === 0 && !arriving;
		if (this.#idle) this.#idleTimer.refresh();
		this.#host.idleChanged(this, this.#idle);

		const done = this.#draining || (this.#ended && !blocked);
		if (done && this.#outstanding === 0 && !socket.writableEnded) socket.end();
	}

	#startReadTimer(): void {
		this.#arriving = this.#framing.taken;
		if (this.#readTimer === undefined) {
			this.#readTimer = setTimeout(() => this.#onReadTimer(), this.#host.limits.readMs);
		} else this.#readTimer.refresh();
	}

	/** Runs until everything is written: 'drain'. */
	#startWriteTimer(): void {
		this.#unwritten = true;
		this.#writeTimer = setTimeout(() => {
			this.#host.counters.add('tcpUnreadClosed');
			this.#socket.destroy();
		}, this.#host.limits.writeMs);
	}

	#onReadTimer(): void {
		if (this.#arriving < 0) return;
		this.#host.counters.add('tcpReadTimeout');
		this.#socket.destroy();
	}

	#onIdleTimer(): void {
		if (!this.#idle) return;
		this.#host.counters.add('tcpIdleClosed');
		this.#socket.destroy();
	}

	#onClose(): void {
		clearTimeout(this.#idleTimer);
		clearTimeout(this.#readTimer);
		clearTimeout(this.#writeTimer);
		this.#host.closed(this);
	}
}
