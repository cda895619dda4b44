import type { Socket } from 'node:dgram';

const scratchBytes = 4608;

/** What may wait in one socket's queue because the kernel takes no more, in octets; beyond that it is dropped and counted. */
export const maxSendQueueBytes = 1024 * 1024;

/**
 * The octets that are handed to `dgram.send`. Node first tries to send at once, and then the kernel has
 * copied the octets before `send` returns; only when the kernel's buffer is full does the datagram wait in
 * libuv's queue, which keeps pointing at the octets. So one block serves every send, and is given away for
 * good when a send was queued.
 *
 *   const buffer = scratch.fill(octets, start, length);
 *   socket.send(buffer, 0, length, ...);
 *   scratch.afterSend(socket);
 */
export class SendScratch {
	#block = Buffer.allocUnsafeSlow(scratchBytes);

	/** A buffer that starts with a copy of `octets[start, start + length)`. */
	fill(octets: Uint8Array, start: number, length: number): Uint8Array {
		const target = length <= scratchBytes ? this.#block : Buffer.allocUnsafeSlow(length);
		target.set(octets.subarray(start, start + length));
		return target;
	}

	/** To be called after each send from the buffer that `fill` returned. */
	afterSend(socket: Socket): void {
		if (socket.getSendQueueCount() !== 0) this.#block = Buffer.allocUnsafeSlow(scratchBytes);
	}
}
