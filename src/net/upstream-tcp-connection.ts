import { connect, type Socket } from 'node:net';
import { FrameWriter, MessageFraming } from './tcp-framing.ts';
import type { UpstreamTarget } from './upstream-target.ts';

export interface PipelinedTcpEvents {
	/** Before and after the messages of one chunk. */
	begin(): void;
	end(): void;
	onMessage(octets: Uint8Array, start: number, length: number): void;
	/** The connection is lost. Called at most once, and not after `close`. */
	onLost(cause: string, wasConnected: boolean): void;
}

/**
 * A TCP connection to one upstream that carries any number of queries at once, each behind its length (RFC
 * 7766 §6.2.1). Queries sent before it is connected wait in the socket.
 */
export class PipelinedTcp {
	readonly #socket: Socket;
	readonly #framing = new MessageFraming();
	readonly #frames = new FrameWriter();
	readonly #events: PipelinedTcpEvents;
	readonly #connectTimer: NodeJS.Timeout;
	#connected = false;
	#closed = false;

	constructor(target: UpstreamTarget, connectTimeoutMs: number, events: PipelinedTcpEvents) {
		this.#events = events;
		this.#connectTimer = setTimeout(() => this.#lost('connect timeout'), connectTimeoutMs);
		const socket = connect({ host: target.address, port: target.port, noDelay: true });
		this.#socket = socket;
		socket.on('connect', () => {
			this.#connected = true;
			clearTimeout(this.#connectTimer);
		});
		socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
		socket.on('error', (error: NodeJS.ErrnoException) => this.#lost(error.code ?? error.message));
		// An upstream that sends FIN may still read but has said that it will answer nothing more.
		socket.on('end', () => this.#lost('closed'));
		socket.on('close', () => this.#lost('closed'));
	}

	/** Octets that the kernel has not taken yet. */
	get unwrittenBytes(): number {
		return this.#socket.writableLength + this.#frames.bytes;
	}

	/** Messages received so far. */
	get received(): number {
		return this.#framing.taken;
	}

	/** The octets are copied before the call returns, and leave with `flush`. True: they are the first since the last. */
	send(octets: Uint8Array, start: number, length: number): boolean {
		const first = this.#frames.bytes === 0;
		this.#frames.add(octets, start, length);
		return first;
	}

	flush(): void {
		if (!this.#closed) this.#socket.write(this.#frames.take());
	}

	/** Nothing is called any more. Idempotent. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#connectTimer);
		this.#socket.destroy();
	}

	#onChunk(chunk: Buffer): void {
		const framing = this.#framing;
		framing.push(chunk);
		this.#events.begin();
		while (!this.#closed && framing.next()) {
			this.#events.onMessage(framing.octets, framing.start, framing.length);
		}
		this.#events.end();
	}

	#lost(cause: string): void {
		if (this.#closed) return;
		this.close();
		this.#events.onLost(cause, this.#connected);
	}
}
