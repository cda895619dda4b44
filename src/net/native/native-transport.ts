/**
 * UDP over the native addon, for one shard. A turn begins in the addon, with a batch of datagrams in shared memory and one
 * call of `#onBatch`; what is sent during it is queued and leaves with `flush`, which whoever handles the batch calls at
 * its end. Nothing is allocated for a datagram.
 */
import { getSystemErrorName } from 'node:util';
import { messageOf, PetrelError } from '../../util/errors.ts';
import type { Alarm } from '../alarm.ts';
import { bindError } from '../bind-error.ts';
import type { ConnectedUdp, ConnectedUdpEvents, ConnectedUdpOptions } from '../connected-udp.ts';
import { defaultRetainedClients, wantedReceiveBufferBytes } from '../listener-defaults.ts';
import type { Steering, UdpListener, UdpListenerOptions, UdpTransport } from '../transport.ts';
import { countNothing, type TransportCounters, type TransportEvent } from '../transport-counters.ts';
import { BatchMemory } from './batch-memory.ts';
import { type NativeBinding, type NativeHandle, nativeCount, nativeSteering } from './binding.ts';
import { NativeAlarm } from './native-alarm.ts';
import { NativeListener } from './native-listener.ts';
import type { NativeHost, NativeSocketOwner } from './native-socket.ts';
import { NativeUpstreamSocket } from './native-upstream-socket.ts';
import { OutQueue } from './out-queue.ts';

/** How often the addon's and the kernel's counts are fetched, beside every turn. */
const countEveryMs = 1000;

/** The part of a handle that is the socket's place in the addon's table (native/instance.c). */
const placeMask = 0x1fff;

const eventOfCount: readonly (readonly [number, TransportEvent])[] = [
	[nativeCount.oversize, 'datagramOversize'],
	[nativeCount.unanswerable, 'datagramUnanswerable'],
	[nativeCount.sendErrors, 'datagramSendError'],
];

export interface NativeTransportOptions {
	readonly binding: NativeBinding;
	/** Where the shard's clock begins (`newClockOrigin`). */
	readonly originMs: number;
	readonly counters?: TransportCounters;
	/** How the kernel spreads datagrams over the sockets that share a port, and over how many. */
	readonly steering?: Steering;
	readonly shards?: number;
	/** Whether datagrams of one length to one address may go through the kernel together; yes unless told otherwise. */
	readonly trains?: boolean;
}

export class NativeTransport implements UdpTransport, NativeHost {
	readonly name = 'native';
	readonly memory: BatchMemory;
	readonly times: Float64Array;
	readonly out: OutQueue;
	readonly counters: TransportCounters;
	readonly #options: NativeTransportOptions;
	readonly #binding: NativeBinding;
	readonly #owners: (NativeSocketOwner | undefined)[] = new Array(placeMask + 1).fill(undefined);
	readonly #listeners = new Set<NativeListener>();
	readonly #counted: Uint32Array;
	readonly #countTimer: NodeJS.Timeout;
	#inBatch = false;

	constructor(options: NativeTransportOptions) {
		const { binding, originMs } = options;
		const { memory, layout } = binding.attach(originMs, options.trains ?? true, (handle, count) =>
			this.#onBatch(handle, count),
		);
		this.#options = options;
		this.#binding = binding;
		this.counters = options.counters ?? countNothing;
		this.memory = new BatchMemory(memory, layout);
		this.times = this.memory.times;
		this.#counted = this.memory.counts.slice();
		this.out = new OutQueue(binding, this.memory, (handle, errno) => this.#onFailed(handle, errno));
		this.#countTimer = setInterval(() => this.fetchCounts(), countEveryMs);
		this.#countTimer.unref();
	}

	async openListener(options: UdpListenerOptions): Promise<UdpListener> {
		const listener = new NativeListener({
			host: this,
			binding: this.#binding,
			address: options.address,
			...this.#bind(options),
			retainedClients: options.retainedClients ?? defaultRetainedClients,
			counters: this.counters,
			onError: options.onError,
		});
		this.#owners[listener.handle & placeMask] = listener;
		this.#listeners.add(listener);
		return listener;
	}

	/** Throws `PETREL_BIND`, and leaves no socket behind then. */
	#bind(options: UdpListenerOptions): ReturnType<NativeBinding['openListener']> {
		const { address, port, reusePort, receiveBufferBytes = wantedReceiveBufferBytes } = options;
		let handle = 0;
		try {
			const opened = this.#binding.openListener(address, port, receiveBufferBytes, reusePort);
			handle = opened.handle;
			if (reusePort) this.#steer(handle);
			return opened;
		} catch (thrown) {
			this.#binding.close(handle);
			throw bindError('UDP', address, port, thrown);
		}
	}

	openConnected(
		address: string,
		port: number,
		events: ConnectedUdpEvents,
		options?: ConnectedUdpOptions,
	): ConnectedUdp | undefined {
		try {
			const opened = this.#binding.openUpstream(address, port, options?.receiveBufferBytes ?? 0);
			const socket = new NativeUpstreamSocket(this, this.#binding, opened, events);
			this.#owners[socket.handle & placeMask] = socket;
			return socket;
		} catch {
			// Out of descriptors, ports or memory, or no route: the caller counts it.
			return undefined;
		}
	}

	openAlarm(onAlarm: () => void): Alarm {
		try {
			const alarm = new NativeAlarm(this, this.#binding, this.#binding.openAlarm(), onAlarm);
			this.#owners[alarm.handle & placeMask] = alarm;
			return alarm;
		} catch (thrown) {
			throw noTimer(thrown);
		}
	}

	markBegin(): void {
		if (this.#inBatch) return;
		this.#binding.readClock();
		this.times[0] = this.times[1];
	}

	markEnd(): void {
		this.#binding.readClock();
	}

	flush(): void {
		this.out.flush();
	}

	forget(owner: NativeSocketOwner): void {
		this.#binding.close(owner.handle);
		const place = owner.handle & placeMask;
		if (this.#owners[place] === owner) this.#owners[place] = undefined;
		if (owner instanceof NativeListener) this.#listeners.delete(owner);
	}

	fetchCounts(): void {
		this.#addCounts();
		for (const listener of this.#listeners) listener.countDrops();
	}

	close(): void {
		this.flush();
		this.fetchCounts();
		clearInterval(this.#countTimer);
	}

	#steer(handle: NativeHandle): void {
		const { steering = 'flow', shards = 1 } = this.#options;
		if (shards > 1) this.#binding.steer(handle, nativeSteering[steering], shards);
	}

	#onBatch(handle: NativeHandle, count: number): void {
		const owner = this.#owners[handle & placeMask];
		if (owner === undefined || owner.handle !== handle) return;
		this.#inBatch = true;
		try {
			if (count < 0) owner.failed(getSystemErrorName(count));
			else owner.deliver(count);
		} finally {
			this.#inBatch = false;
		}
		this.#addCounts();
	}

	#onFailed(handle: NativeHandle, errno: number): void {
		const owner = this.#owners[handle & placeMask];
		if (owner !== undefined && owner.handle === handle) owner.failed(getSystemErrorName(-errno));
	}

	#addCounts(): void {
		const all = this.memory.counts[nativeCount.all];
		if (this.#counted[nativeCount.all] === all) return;
		this.#counted[nativeCount.all] = all;
		for (const [kind, event] of eventOfCount) {
			const more = (this.memory.counts[kind] - this.#counted[kind]) >>> 0;
			if (more === 0) continue;
			this.#counted[kind] += more;
			this.counters.add(event, more);
		}
	}
}

function noTimer(thrown: unknown): PetrelError {
	return new PetrelError(
		'PETREL_TRANSPORT',
		`the system has no timer to give: ${messageOf(thrown)}; raise the limit of open files (ulimit -n), or use --transport dgram`,
		{ cause: thrown },
	);
}
