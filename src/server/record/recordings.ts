import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogMemory, LogRing } from '../../engine/log-ring.ts';
import type { RecordingSetup } from '../../engine/query-recorder.ts';
import type { ShardCommand } from '../shard-messages.ts';
import { frameHeadBytes, newFrame, type RecordingHead } from './frame.ts';
import type { RecordRequest } from './record-request.ts';

/** 1 MiB a shard: some 10,000 records, the fifth of a second at 50,000 a second. */
const ringUnits = 131_072;
/** How often the rings are looked at. */
const lookMs = 10;
/** A frame comes at least so often: who reads sees that the recording goes on, and a reader that is gone is noticed. */
const frameEveryMs = 1000;
/** For a shard to begin, or to end. */
const commandMs = 2000;

/** There is a recording already. */
export class RecordingRuns extends Error {}

export interface RecordingsParts {
	readonly shards: number;
	readonly schema: number;
	readonly version: string;
	nowMs(): number;
	/** Milliseconds since 1970 at the 0 of `nowMs`. */
	epochMs(): number;
	/** Sends a command to every shard and waits until all have answered; see `ShardCalls.call`. */
	call(command: (call: number) => ShardCommand, limitMs: number): Promise<unknown>;
	/** Says to the operator that queries are recorded, or no longer. */
	say(text: string): void;
}

/**
 * The main thread's end of `petrel record`: one recording at a time. It looks into the shards' rings every 10 ms and hands on
 * what is there, as it is. To a reader that is too slow nothing is handed: the rings fill, and what shards cannot put there is
 * lost and counted. Nobody waits.
 */
export class Recordings {
	readonly #parts: RecordingsParts;
	#endMs: number | undefined;
	#setup: RecordingSetup | undefined;

	constructor(parts: RecordingsParts) {
		this.#parts = parts;
	}

	/** For a shard that is started meanwhile. */
	get setup(): RecordingSetup | undefined {
		return this.#setup;
	}

	/**
	 * Records until the time is over or whoever reads is gone. Throws `RecordingRuns` if there is a recording already.
	 *
	 * @param open called when every shard records
	 */
	async run(
		{ duration_ms: durationMs, clients = false }: RecordRequest,
		open: () => Writable,
	): Promise<void> {
		const { shards, nowMs, call, say } = this.#parts;
		if (this.#endMs !== undefined) throw new RecordingRuns(this.#runsText(this.#endMs));
		this.#endMs = nowMs() + durationMs;
		const setup = { memory: createLogMemory(shards, ringUnits), withClients: clients };
		const rings = Array.from({ length: shards }, (_, shard) => new LogRing(setup.memory, shards, shard));
		this.#setup = setup;
		try {
			await call((number) => ({ kind: 'record', call: number, setup }), commandMs);
			this.#endMs = nowMs() + durationMs;
			const to = open();
			// That it is gone is seen by its `destroyed`.
			to.on('error', () => {});
			say(
				`queries are recorded, for ${durationMs / 1000} s at most, clients ${clients ? 'too' : 'left out'}`,
			);
			const handedBytes = await this.#handOver(rings, to);
			const lost = lostOf(rings);
			say(`queries are recorded no longer: ${handedBytes} octets handed over, ${lost} queries lost`);
		} finally {
			await this.#stop();
			this.#endMs = undefined;
		}
	}

	/** Ends the recording before its time, with all that was recorded until now. Whether there was one. */
	end(): boolean {
		if (this.#endMs === undefined) return false;
		this.#endMs = Math.min(this.#endMs, this.#parts.nowMs());
		return true;
	}

	#runsText(endMs: number): string {
		const leftSec = Math.max(0, Math.ceil((endMs - this.#parts.nowMs()) / 1000));
		return `another petrel record is at it: it ends within ${leftSec} s, or when it is interrupted; one at a time`;
	}

	/** Idempotent. */
	async #stop(): Promise<void> {
		if (this.#setup === undefined) return;
		this.#setup = undefined;
		await this.#parts.call((number) => ({ kind: 'record', call: number, setup: undefined }), commandMs);
	}

	async #handOver(rings: readonly LogRing[], to: Writable): Promise<number> {
		const { schema, version, nowMs, epochMs } = this.#parts;
		const head: RecordingHead = { schema, version, epoch_ms: epochMs() };
		to.write(`${JSON.stringify(head)}\n`);
		let handedBytes = 0;
		let frameMs = nowMs();
		while (!to.destroyed && nowMs() < this.#endMs!) {
			if (!to.writableNeedDrain) {
				const bytes = drain(rings, to);
				handedBytes += bytes;
				const isDue = nowMs() - frameMs >= frameEveryMs;
				if (bytes === 0 && isDue) to.write(newFrame(0, lostOf(rings)));
				if (bytes > 0 || isDue) frameMs = nowMs();
			}
			await pause(lookMs);
		}
		await this.#stop();
		if (!to.destroyed) {
			handedBytes += drain(rings, to);
			to.end(newFrame(0, lostOf(rings)));
		}
		return handedBytes;
	}
}

function lostOf(rings: readonly LogRing[]): number {
	return rings.reduce((sum, { dropped }) => sum + dropped, 0);
}

/** Hands over all that is published; returns how many octets. */
function drain(rings: readonly LogRing[], to: Writable): number {
	let bytes = 0;
	for (const ring of rings) {
		const end = ring.written;
		for (let at = ring.read; at !== end; ) {
			const place = at & (ring.units - 1);
			const units = Math.min((end - at) | 0, ring.units - place);
			const frame = newFrame(units * 8, lostOf(rings));
			frame.set(ring.octets.subarray(place * 8, (place + units) * 8), frameHeadBytes);
			at = (at + units) | 0;
			ring.release(at);
			to.write(frame);
			bytes += units * 8;
		}
	}
	return bytes;
}
