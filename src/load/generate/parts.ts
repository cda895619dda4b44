import type { UdpTransport } from '../../net/transport.ts';
import { seededRandom } from '../../util/random.ts';
import { evenArrivals, poissonArrivals, rampArrivals } from '../../workload/arrivals.ts';
import type { QuerySource } from '../../workload/query-source.ts';
import { shareOf, type WorkerTask } from '../plan.ts';
import type { Carrier, CarrierEvents } from './carrier.ts';
import { ScheduledSlots, type Slots, TimedSlots, WindowSlots } from './slots.ts';
import { TcpCarrier } from './tcp-carrier.ts';
import { UdpCarrier } from './udp-carrier.ts';

/** Fewer IDs than that are used up at once by whoever asks a dead server. */
const minIdsPerChannel = 1024;
const maxIdsPerChannel = 0x1_0000;
/** The rate of a trace is what it is. */
const timedIdsPerChannel = 8192;
/** Seeds of workers lie so far apart that those of the next round are others. */
const workerStride = 0x9e37_79b9;
/** For all that is under way, and as much again. */
const spareFactor = 2;

/** What carries the queries of one worker. The place for more transports. */
export function openCarrier(task: WorkerTask, transport: UdpTransport, events: CarrierEvents): Carrier {
	const { address, port } = task.target;
	const share = Math.max(1, shareOf(task.sockets, task.worker, task.workers));
	if (task.target.transport === 'udp') {
		return new UdpCarrier({ transport, address, port, sockets: share, events });
	}
	const { queriesPerConnection } = task;
	return new TcpCarrier({ transport, address, port, connections: share, queriesPerConnection, events });
}

/** When one worker's queries are due. */
export function openSlots(task: WorkerTask, source: QuerySource): Slots {
	const { pace, worker, workers } = task;
	const maxSlots = shareOf(task.maxQueries, worker, workers);
	const endMs = task.warmupMs + task.durationMs;
	switch (pace.kind) {
		case 'closed':
			return new WindowSlots(source, shareOf(pace.window, worker, workers), maxSlots);
		case 'timed':
			return new TimedSlots(source, pace.speed, endMs, maxSlots);
		case 'ramp':
			return new ScheduledSlots(
				source,
				rampArrivals(pace.fromQps, pace.toQps, endMs, worker, workers),
				maxSlots,
			);
		case 'rate':
			return new ScheduledSlots(
				source,
				pace.arrivals === 'even'
					? evenArrivals(pace.qps, endMs, worker, workers)
					: poissonArrivals(pace.qps / workers, endMs, seededRandom(task.seed + worker * workerStride)),
				maxSlots,
			);
	}
}

/** Enough IDs a channel for what may be under way or rests, a power of two. */
export function idsPerChannel(task: WorkerTask, channels: number): number {
	const { pace, workers, timeoutMs } = task;
	const openSec = (2 * timeoutMs) / 1000;
	const wanted = {
		rate: () => (pace.kind === 'rate' ? pace.qps * openSec : 0),
		ramp: () => (pace.kind === 'ramp' ? Math.max(pace.fromQps, pace.toQps) * openSec : 0),
		timed: () => channels * timedIdsPerChannel,
		closed: () => (pace.kind === 'closed' ? pace.window * 16 : 0),
	}[pace.kind]();
	const each = (spareFactor * wanted) / workers / channels;
	const bounded = Math.min(maxIdsPerChannel, Math.max(minIdsPerChannel, each));
	return 2 ** Math.ceil(Math.log2(bounded));
}
