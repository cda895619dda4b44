/**
 * What a worker thread runs: its part of one round. A worker lives for many rounds, and its transport with it: the addon is
 * attached once a thread.
 */
import type { Alarm } from '../../net/alarm.ts';
import { openTransport } from '../../net/open-transport.ts';
import type { UdpTransport } from '../../net/transport.ts';
import type { TransportEvent } from '../../net/transport-counters.ts';
import { systemClock } from '../../util/clock.ts';
import { cryptoRandom } from '../../util/random.ts';
import { openSource } from '../../workload/open-source.ts';
import type { WorkerEnd, WorkerTask } from '../plan.ts';
import type { Carrier, CarrierEvents } from './carrier.ts';
import { type Chunk, chunkMaxMs, EventChunks } from './events.ts';
import { Generator } from './generator.ts';
import { idsPerChannel, openCarrier, openSlots } from './parts.ts';

/** How often the flag that ends a round is looked at, and chunks that are not full are sent. */
const lookMs = 50;

let shared: { readonly transport: UdpTransport; readonly counts: Map<TransportEvent, number> } | undefined;

function sharedTransport(task: WorkerTask) {
	if (shared !== undefined) return shared;
	const counts = new Map<TransportEvent, number>();
	const transport = openTransport({
		name: task.transport,
		originMs: task.originMs,
		clock: systemClock(task.originMs),
		counters: { add: (event, by = 1) => counts.set(event, (counts.get(event) ?? 0) + by) },
		trains: task.trains,
	});
	shared = { transport, counts };
	return shared;
}

/** Runs one worker's part of a round, from `startMs` until its last slot has ended. */
export async function runWorker(task: WorkerTask): Promise<WorkerEnd> {
	const { transport, counts } = sharedTransport(task);
	const notTakenBefore = counts.get('datagramSendError') ?? 0;
	const run = new Run(task, transport);
	const interrupted = await run.ended;
	transport.fetchCounts();
	const ownDrops = run.carrier.drops();
	await run.carrier.close();
	return {
		ownDrops,
		notTaken: (counts.get('datagramSendError') ?? 0) - notTakenBefore,
		errorCodes: run.generator.errorCodes,
		interrupted,
	};
}

class Run implements CarrierEvents {
	readonly ended: Promise<boolean>;
	readonly carrier: Carrier;
	readonly generator: Generator;
	readonly #task: WorkerTask;
	readonly #transport: UdpTransport;
	readonly #chunks: EventChunks;
	readonly #alarm: Alarm;
	readonly #stop: Int32Array;
	readonly #finish: (interrupted: boolean) => void;
	#nowMs = 0;
	#sentChunkMs = 0;
	#interrupted = false;

	constructor(task: WorkerTask, transport: UdpTransport) {
		this.#task = task;
		this.#transport = transport;
		this.#stop = new Int32Array(task.stop);
		const { promise, resolve } = Promise.withResolvers<boolean>();
		this.ended = promise;
		this.#finish = resolve;
		this.#chunks = new EventChunks((words, events) => this.#give(words, events));
		this.carrier = openCarrier(task, transport, this);
		const source = openSource(task.workload, task);
		this.generator = new Generator({
			source,
			slots: openSlots(task, source),
			carrier: this.carrier,
			events: this.#chunks,
			random: cryptoRandom(),
			idsPerChannel: idsPerChannel(task, this.carrier.channels),
			startMs: task.startMs,
			warmupMs: task.warmupMs,
			timeoutMs: task.timeoutMs,
			lateMs: task.timeoutMs,
			maxLagMs: task.maxLagMs,
			gatherMs: task.pace.kind === 'closed' ? 0 : task.gatherMs,
		});
		this.#alarm = transport.openAlarm(() => this.#turn());
		this.#alarm.set(task.startMs);
	}

	begin(nowMs: number): void {
		this.#nowMs = nowMs;
	}

	onMessage(channel: number, octets: Uint8Array, start: number, length: number): void {
		this.generator.onMessage(channel, octets, start, length, this.#nowMs);
	}

	end(): void {
		this.#turn();
	}

	onGone(channel: number, code: string, nowMs: number): void {
		this.generator.onGone(channel, code, nowMs);
		this.#turn();
	}

	#turn(): void {
		this.#transport.markEnd();
		const nowMs = this.#transport.times[1];
		if (nowMs < this.#task.startMs) {
			this.#alarm.set(this.#task.startMs);
			return;
		}
		this.generator.turn(nowMs);
		if (nowMs - this.#sentChunkMs > chunkMaxMs) this.#chunks.flush();
		this.#lookForEnd(nowMs);
		if (this.generator.done) this.#end();
		else this.#alarm.set(Math.min(this.generator.nextMs, nowMs + lookMs));
	}

	#lookForEnd(nowMs: number): void {
		const closedEndMs = this.#task.startMs + this.#task.warmupMs + this.#task.durationMs;
		if (this.#task.pace.kind === 'closed' && nowMs >= closedEndMs) this.generator.stop();
		if (this.#stop[0] === 0 || this.#interrupted) return;
		this.#interrupted = true;
		this.generator.abandon(nowMs);
	}

	#end(): void {
		this.#alarm.close();
		this.#chunks.flush();
		this.#finish(this.#interrupted);
	}

	#give(words: Int32Array<ArrayBuffer>, events: number): void {
		this.#transport.markEnd();
		const nowMs = this.#transport.times[1];
		this.#sentChunkMs = nowMs;
		const { handshakes } = this.carrier;
		const chunk: Chunk = {
			words,
			events,
			completeMs: this.generator.completeMs(nowMs),
			handshakes: handshakes && { tookUs: handshakes.tookUs.splice(0), failed: handshakes.failed },
		};
		if (handshakes !== undefined) handshakes.failed = 0;
		this.#task.port.postMessage(chunk, [words.buffer]);
	}
}
