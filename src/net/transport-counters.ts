/**
 * What a transport counts: every bound that is hit and every loss, by name. The server maps the names onto
 * its counters in shared memory; a transport that is given nothing counts nothing.
 */
export const transportEvents = [
	/** A batch of datagrams from clients; with node:dgram each is one. */
	'datagramBatch',
	/** A datagram longer than a receive slot; dropped. */
	'datagramOversize',
	/** A datagram from source port 0, which nobody can answer; dropped. */
	'datagramUnanswerable',
	/** A datagram that came before `start` and found no room to wait; dropped. */
	'datagramBeforeStart',
	/** A datagram that the kernel dropped because the receive buffer was full. Only the native transport can tell. */
	'datagramKernelDropped',
	/** A datagram, to a client or an upstream, that the kernel refused, or that found the send queue full or its socket closed. */
	'datagramSendError',
	/**
	 * No room for one more client to whom a reply is owed. UDP: the query is lost. TCP: reading stops for a
	 * while.
	 */
	'clientTableFull',
	'tcpAccepted',
	/** A newcomer turned away: the bound is reached and no connection here is idle. */
	'tcpRefused',
	/** An idle connection closed in favour of a newcomer. */
	'tcpEvicted',
	'tcpIdleClosed',
	/** A message that was not complete within the read limit. */
	'tcpReadTimeout',
	/** A client that lets its replies pile up. */
	'tcpUnreadClosed',
	/** A message of length 0. */
	'tcpEmptyMessage',
	'upstreamUdpOpened',
	/** A UDP socket that could not be opened: out of descriptors, ports or memory, or no route. */
	'upstreamUdpOpenFailed',
	/** A query that shares a port with others because the budget of new sockets is spent. */
	'upstreamUdpShared',
	/** No further UDP socket may be open in this shard, and the upstream has none: the query was not sent. */
	'upstreamUdpFull',
	/** A datagram on an upstream socket from another address than the upstream's; dropped (RFC 5452 §9.1). */
	'upstreamUdpForeign',
	'upstreamTcpOpened',
	'upstreamTcpConnectFailed',
	/** Every connection to an upstream is as full as it may be: the query was not sent. */
	'upstreamTcpFull',
	/** A retired socket that was closed although queries on it were never settled. */
	'upstreamRetiredExpired',
] as const;

export type TransportEvent = (typeof transportEvents)[number];

export interface TransportCounters {
	/** @param by 1 unless given */
	add(event: TransportEvent, by?: number): void;
}

export const countNothing: TransportCounters = { add() {} };
