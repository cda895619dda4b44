import assert from 'node:assert/strict';
import { loadCorefile } from '../../../src/config/load.ts';
import { Engine, type EngineSetup, minReplyBytes } from '../../../src/engine/engine.ts';
import { type EngineIo, overTcp, overUdp } from '../../../src/engine/io.ts';
import { createSharedState, type SharedState } from '../../../src/engine/shared-state.ts';
import { UpstreamScript } from '../../../src/load/upstream/script.ts';
import { seededRandom } from '../../../src/util/random.ts';

export const client = { address: '192.0.2.77', port: 40_000, family: 4 } as const;

/** One engine without sockets, whose upstream is the scripted one: nothing happens but in turns, each of half a millisecond. */
export class EngineInTurns {
	readonly shared: SharedState;
	readonly engine: Engine;
	readonly #times: Float64Array;
	readonly #reply = new Uint8Array(0x1_0000);
	#asked: Uint8Array[] = [];

	/**
	 * @param lines of the only server block, beside its upstream
	 * @param times of the turn (now.ts)
	 */
	constructor(lines: string, times: Float64Array, setup: Partial<EngineSetup> = {}) {
		const text = `. {\nforward . 192.0.2.1\n${lines}\n}\n`;
		const { model } = loadCorefile({ path: 'Corefile', text, env: {} });
		assert.ok(model);
		const random = seededRandom(5);
		this.#times = times;
		this.shared = createSharedState({ shards: 1, cacheBytes: 1 << 20, model, random });
		this.engine = new Engine({
			model,
			shared: this.shared,
			shard: 0,
			io: this.#io(),
			random,
			listeners: [{ blocks: [0] }],
			times,
			...setup,
		});
		this.engine.setUpstreamCount(0, 1);
	}

	#io(): EngineIo {
		return {
			retain: () => 1,
			reply: () => {},
			release: () => {},
			clientAddress: () => client,
			askUdp: (_upstream, octets, start, length) => {
				this.#asked.push(octets.slice(start, start + length));
				return 1;
			},
			askTcp: () => 0,
			socketReused: true,
			settle: () => {},
			handOver: () => {},
			log: () => {},
		};
	}

	turn(work: () => void, afterMs = 0): void {
		this.#times[0] = this.#times[1] + afterMs;
		this.engine.beginTurn();
		work();
		this.#times[1] = this.#times[0] + 0.5;
		this.engine.endTurn();
	}

	/** Octets of the reply, if there is one at once. */
	query(
		octets: Buffer,
		{ listener = 0, transport = overUdp }: { listener?: number; transport?: number } = {},
	): number {
		const source = { listener, transport: transport === overTcp ? overTcp : overUdp, sender: 0 } as const;
		const room = transport === overTcp ? 0xffff : minReplyBytes;
		let replyBytes = 0;
		this.turn(() => {
			replyBytes = this.engine.onQuery(octets, 0, octets.length, source, this.#reply, 0, room);
		});
		return replyBytes;
	}

	/** The upstream answers all that it was asked, three milliseconds later. */
	answer(script = new UpstreamScript({ seed: 1 })): void {
		const asked = this.#asked;
		this.#asked = [];
		for (const query of asked) {
			const { octets } = script.answer(query, 'udp', 0).deliveries[0];
			this.turn(() => this.engine.onUpstreamMessage(1, octets, 0, octets.length), 3);
		}
	}
}
