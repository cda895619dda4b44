/**
 * What a shard's sockets look like to the shard. The shape is a batch: one call in per batch of datagrams, replies
 * written into slots beside them, one send per batch. `node:dgram` delivers batches of one; a native transport fills
 * the same slots with `recvmmsg` and empties them with `sendmmsg`. One test suite holds every implementation.
 *
 *   rx  [slot 0: slotBytes octets][slot 1] ...   length[i] octets of slot i are a received datagram
 *   tx  [slot 0: slotBytes octets][slot 1] ...   length[i] > 0: the reply to the sender of datagram i
 */
export interface DatagramSlots {
	/** All slots in one block of memory, owned by the transport; valid until the batch call returns. */
	readonly octets: Uint8Array;
	readonly slotBytes: number;
	readonly slots: number;
	readonly length: Uint16Array;
}
