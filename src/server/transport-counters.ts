import { type CounterName, type Counters, counter } from '../metrics/hot/counters.ts';
import type { TransportCounters, TransportEvent } from '../net/transport-counters.ts';

/** Under which counter each event of the transports is kept. */
const counterOf: Readonly<Record<TransportEvent, CounterName>> = {
	datagramOversize: 'udp_oversize',
	datagramUnanswerable: 'udp_unanswerable',
	datagramBeforeStart: 'udp_before_start',
	datagramKernelDropped: 'udp_kernel_drops',
	datagramBatch: 'udp_batches',
	datagramSendError: 'udp_send_errors',
	clientTableFull: 'udp_clients_full',
	tcpAccepted: 'tcp_accepted',
	tcpRefused: 'tcp_refused',
	tcpEvicted: 'tcp_evicted',
	tcpIdleClosed: 'tcp_idle_closed',
	tcpReadTimeout: 'tcp_read_timeouts',
	tcpUnreadClosed: 'tcp_write_stalled',
	tcpEmptyMessage: 'tcp_empty_messages',
	upstreamUdpOpened: 'upstream_sockets_opened',
	upstreamUdpOpenFailed: 'upstream_sockets_failed',
	upstreamUdpShared: 'upstream_sockets_shared',
	upstreamUdpFull: 'upstream_sockets_full',
	upstreamUdpForeign: 'upstream_ignored_foreign',
	upstreamTcpOpened: 'upstream_connections_opened',
	upstreamTcpConnectFailed: 'upstream_connections_failed',
	upstreamTcpFull: 'upstream_connections_full',
	upstreamRetiredExpired: 'upstream_sockets_expired',
};

/** Counts what a shard's transports report in the shard's row of the shared counters. */
export function transportCounters(row: Counters): TransportCounters {
	return { add: (event, by = 1) => row.addMany(counter[counterOf[event]], by) };
}
