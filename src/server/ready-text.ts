import { hostPort } from '../net/bind-error.ts';
import { wantedReceiveBufferBytes } from '../net/listener-defaults.ts';
import type { Steering, TransportName } from '../net/transport.ts';
import type { Log } from './log.ts';
import type { Endpoint } from './shard-messages.ts';
import type { WorkerCount } from './worker-count.ts';

const addressesShown = 4;

export interface Ready {
	readonly version: string;
	readonly endpoints: readonly Endpoint[];
	readonly workers: WorkerCount;
	readonly transport: TransportName;
	readonly steering: Steering;
	readonly cacheBytes: number;
	readonly evictionPolicy: string;
}

/** "petrel 0.1.0 ready: 127.0.0.1:1053 udp+tcp, 2 workers (2 CPUs), transport native, cache 32 MiB" */
export function readyText({ version, endpoints, workers, transport, cacheBytes }: Ready): string {
	const addresses = endpoints.map(({ address, port }) => hostPort(address, port));
	const shown = addresses.slice(0, addressesShown).join(' ');
	const more = addresses.length > addressesShown ? ` and ${addresses.length - addressesShown} more` : '';
	const count = workers.count === 1 ? '1 worker' : `${workers.count} workers`;
	return (
		`petrel ${version} ready: ${shown}${more} udp+tcp, ${count} (${workers.reason}), ` +
		`transport ${transport}, cache ${formatSize(cacheBytes)}`
	);
}

/** The same for the JSON log. */
export function readyFields({
	version,
	endpoints,
	workers,
	transport,
	steering,
	cacheBytes,
	evictionPolicy,
}: Ready): Record<string, string | number> {
	return {
		version,
		addresses: endpoints.map(({ address, port }) => hostPort(address, port)).join(' '),
		workers: workers.count,
		workersReason: workers.reason,
		transport,
		steering,
		cacheBytes,
		evictionPolicy,
		pid: process.pid,
	};
}

/** Says that the server answers now, and what of the machine it has to say. */
export function sayReady(log: Log, ready: Ready): void {
	log.ready(readyText(ready), readyFields(ready));
	if (ready.workers.warning) log.warn(ready.workers.warning);
}

/** Says that the kernel granted less than was asked for, if it did. */
export function sayReceiveBuffer(log: Log, grantedBytes: number): void {
	if (grantedBytes >= wantedReceiveBufferBytes) return;
	log.info(
		`UDP receive buffers are ${formatSize(grantedBytes)}, not ${formatSize(wantedReceiveBufferBytes)}: ` +
			'raise net.core.rmem_max if datagrams are lost in bursts',
	);
}

/** "32 MiB", "1.5 KiB", "208 KiB" */
export function formatSize(bytes: number): string {
	const units = ['octets', 'KiB', 'MiB', 'GiB', 'TiB'];
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${Number(value.toFixed(1))} ${units[unit]}`;
}
