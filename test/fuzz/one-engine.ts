/**
 * An engine between a client and upstreams that are arrays, in virtual time; by default for all zones, cached, one
 * upstream. All server blocks answer at listener 0 by UDP and at listener 1 by TCP.
 */

import { emptyBlock } from '../../src/config/empty-block.ts';
import type { Model } from '../../src/config/model.ts';
import { Engine, minReplyBytes } from '../../src/engine/engine.ts';
import { type EngineIo, overTcp, overUdp, type QuerySource } from '../../src/engine/io.ts';
import { createSharedState, type SharedState } from '../../src/engine/shared-state.ts';
import { seededRandom } from '../../src/util/random.ts';

const here = { file: 'Corefile', line: 1, column: 1 };

export const model: Model = {
	warnings: [],
	files: [],
	blocks: [
		{
			...emptyBlock(here, [{ zone: '.', port: 53 }]),
			bufsizeBytes: 1232,
			cache: {
				zones: ['.'],
				successTtlMaxSec: 3600,
				successTtlMinSec: 0,
				denialTtlMaxSec: 1800,
				denialTtlMinSec: 0,
				servfailSec: 5,
				disableSuccess: [],
				disableDenial: [],
				keepTtl: false,
				serveStale: {
					windowSec: 3600,
					mode: 'immediate',
					verifyTimeoutMs: 0,
					replyTtlSec: 30,
					recheckSec: 30,
				},
				prefetch: { amount: 2, durationSec: 60, percentage: 50 },
				preferPositive: false,
				nxdomainCut: true,
			},
			forwards: [
				{
					at: here,
					from: '.',
					except: [],
					to: [{ kind: 'address', address: '192.0.2.1', port: 53 }],
					policy: 'random',
					maxFails: 2,
					healthCheckMs: 500,
					healthCheckRecursionDesired: true,
					healthCheckDomain: '.',
					expireMs: 10_000,
					maxConcurrent: 0,
					maxIdleConns: 0,
					maxAgeMs: 0,
					maxConnectAttempts: 0,
					readTimeoutMs: 1000,
					forceTcp: false,
					preferUdp: false,
					failover: [],
					next: [],
					nextOnNodata: false,
					failfastAllUnhealthyUpstreams: false,
				},
			],
		},
	],
};

/** A query that went upstream. */
export interface Asked {
	readonly socket: number;
	readonly octets: Uint8Array;
	readonly overTcp: boolean;
}

/** A reply to a client, at once or later. */
export interface Replied {
	readonly client: number;
	readonly octets: Uint8Array;
}

export class OneEngine implements EngineIo {
	readonly socketReused = true;
	readonly engine: Engine;
	readonly shared: SharedState;
	readonly asked: Asked[] = [];
	readonly replied: Replied[] = [];
	readonly released: number[] = [];
	nowMs = 1000;
	readonly times = Float64Array.of(this.nowMs, this.nowMs);
	#nextClient = 1;
	#nextSocket = 1;
	readonly #source: QuerySource = { listener: 0, transport: overUdp, sender: 0 };

	constructor(seed = 1, settings: Model = model) {
		const random = seededRandom(seed);
		const shared = createSharedState({ shards: 1, cacheBytes: 1 << 18, model: settings, random });
		const blocks = settings.blocks.map((_, number) => number);
		this.shared = shared;
		this.engine = new Engine({
			model: settings,
			shared,
			shard: 0,
			io: this,
			random,
			listeners: [{ blocks }, { blocks }],
			times: this.times,
		});
		const forwards = settings.blocks.flatMap((block) => block.forwards);
		for (const number of forwards.keys()) this.engine.setUpstreamCount(number, 1);
	}

	/** Asks; the reply if it came at once. @param turnMs how long the turn takes */
	query(octets: Uint8Array, tcp: boolean, turnMs = 0): Uint8Array | undefined {
		const margin = 10;
		const received = new Uint8Array(octets.length + 2 * margin).fill(0x03);
		received.set(octets, margin);
		const replyMax = tcp ? 0xffff : minReplyBytes;
		const reply = new Uint8Array(replyMax + 2 * margin).fill(0xee);
		this.#source.transport = tcp ? overTcp : overUdp;
		this.#source.listener = tcp ? 1 : 0;
		this.times[0] = this.nowMs;
		this.engine.beginTurn();
		const length = this.engine.onQuery(
			received,
			margin,
			octets.length,
			this.#source,
			reply,
			margin,
			replyMax,
		);
		this.times[1] = this.nowMs + turnMs;
		this.engine.endTurn();
		for (let i = 0; i < margin; i++) {
			if (reply[i] !== 0xee || reply[margin + replyMax + i] !== 0xee)
				throw new Error('written outside of the reply');
		}
		return length === 0 ? undefined : reply.slice(margin, margin + length);
	}

	upstreamSays(socket: number, octets: Uint8Array): void {
		const buffer = new Uint8Array(octets.length + 20).fill(0x03);
		buffer.set(octets, 10);
		this.times[0] = this.nowMs;
		this.engine.beginTurn();
		this.engine.onUpstreamMessage(socket, buffer, 10, octets.length);
	}

	upstreamGone(socket: number, cause: string): void {
		this.times[0] = this.nowMs;
		this.engine.beginTurn();
		this.engine.onUpstreamGone(socket, cause);
	}

	advance(byMs: number): void {
		const endMs = this.nowMs + byMs;
		while (this.nowMs < endMs) {
			this.nowMs = Math.min(endMs, Math.max(this.nowMs + 10, this.engine.nextDeadlineMs()));
			this.times[0] = this.nowMs;
			this.engine.beginTurn();
			this.engine.advance();
		}
	}

	retain(): number {
		return this.#nextClient++;
	}
	reply(_listener: number, client: number, octets: Uint8Array, start: number, length: number): void {
		this.replied.push({ client, octets: octets.slice(start, start + length) });
	}
	release(_listener: number, client: number): void {
		this.released.push(client);
	}
	clientAddress(): { address: string; port: number; family: 4 } {
		return { address: '192.0.2.2', port: 5353, family: 4 };
	}
	askUdp(_upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#ask(octets.slice(start, start + length), false);
	}
	askTcp(_upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#ask(octets.slice(start, start + length), true);
	}
	#ask(octets: Uint8Array, tcp: boolean): number {
		const socket = this.#nextSocket++;
		this.asked.push({ socket, octets, overTcp: tcp });
		return socket;
	}
	settle(): void {}
	handOver(): void {
		throw new Error('there is one shard');
	}
	log(): void {}

	/** Clients that are owed a reply. */
	get owed(): number {
		return this.#nextClient - 1 - this.replied.length - this.released.length;
	}
}
