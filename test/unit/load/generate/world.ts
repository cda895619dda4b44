/** A generator in virtual time: a server that is a function, and a clock that jumps from event to event. */
import type { Carrier } from '../../../../src/load/generate/carrier.ts';
import { eventKind } from '../../../../src/load/generate/events.ts';
import { Generator } from '../../../../src/load/generate/generator.ts';
import { ScheduledSlots, type Slots, WindowSlots } from '../../../../src/load/generate/slots.ts';
import { seededRandom } from '../../../../src/util/random.ts';
import type { QuerySource } from '../../../../src/workload/query-source.ts';

/** The query of number n asks for "n<number>." with type A, 12 + name + 4 octets. */
export function numberedSource(count = Number.POSITIVE_INFINITY): QuerySource {
	let next = 0;
	const label = (number: number): Buffer => Buffer.from(`n${number}`);
	const message = (number: number): Buffer => {
		const name = label(number);
		return Buffer.concat([
			Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length]),
			name,
			Buffer.from([0, 0, 1, 0, 1]),
		]);
	};
	return {
		next: () => (next < count ? next++ : -1),
		dueMs: 0,
		write(number, octets, at) {
			const made = message(number);
			octets.set(made, at);
			return made.length;
		},
		asks(number, octets, start, length) {
			const made = message(number);
			const question = Buffer.from(octets.buffer, octets.byteOffset + start + 12, Math.max(0, length - 12));
			return question.subarray(0, made.length - 12).equals(made.subarray(12));
		},
	};
}

/** What the server sends back for a query, and when. */
export interface Reply {
	readonly afterMs: number;
	readonly octets: Uint8Array;
}

export interface Query {
	readonly octets: Uint8Array;
	readonly atMs: number;
	/** How many came before. */
	readonly index: number;
	readonly channel: number;
}

export type Server = (query: Query) => readonly Reply[];

/** A query turned into an answer. */
export function answerTo({ octets }: Query, change?: (answer: Uint8Array) => void): Uint8Array {
	const answer = octets.slice();
	answer[2] |= 0x80;
	change?.(answer);
	return answer;
}

export const answersAfter =
	(afterMs: number): Server =>
	(query) => [{ afterMs, octets: answerTo(query) }];

export interface Ended {
	readonly kind: keyof typeof eventKind;
	readonly second: number;
	readonly warmup: boolean;
	readonly latencyMs: number;
	readonly sinceSentMs: number;
	readonly lagMs: number;
	readonly count: number;
}

export interface WorldOptions {
	readonly server: Server;
	readonly slots?: (source: QuerySource) => Slots;
	readonly qps?: number;
	readonly durationMs?: number;
	readonly window?: number | undefined;
	readonly channels?: number;
	readonly idsPerChannel?: number;
	readonly timeoutMs?: number;
	readonly warmupMs?: number;
	readonly gatherMs?: number;
	/** Times at which the generator's thread stands still: [from, to). */
	readonly frozen?: readonly [number, number];
	/** Where what ended is put. */
	readonly ended?: Ended[];
	/** Channels that do not take queries. */
	readonly refuses?: (channel: number, nowMs: number) => boolean;
}

export const startMs = 5000;
const nameOfKind = Object.keys(eventKind) as (keyof typeof eventKind)[];

export class World implements Carrier {
	readonly channels: number;
	readonly handshakes = undefined;
	readonly ended: Ended[];
	readonly queries: Query[] = [];
	readonly flushes: number[] = [];
	readonly generator: Generator;
	readonly #options: WorldOptions;
	readonly #arriving: { atMs: number; channel: number; octets: Uint8Array }[] = [];
	nowMs = startMs;
	#channel = 0;
	#unflushed = 0;

	constructor(options: WorldOptions) {
		this.#options = options;
		this.channels = options.channels ?? 4;
		this.ended = options.ended ?? [];
		const { qps = 1000, durationMs = 1000, window, timeoutMs = 2000 } = options;
		let slot = 0;
		const times = {
			next: () => {
				const dueMs = (slot++ * 1000) / qps;
				return dueMs < durationMs ? dueMs : Number.POSITIVE_INFINITY;
			},
		};
		const source = numberedSource();
		const slots =
			options.slots?.(source) ??
			(window === undefined
				? new ScheduledSlots(source, times, Number.POSITIVE_INFINITY)
				: new WindowSlots(source, window, (qps * durationMs) / 1000));
		this.generator = new Generator({
			source,
			slots,
			carrier: this,
			random: seededRandom(7),
			events: {
				add: (second, kindAndMore, latencyUs, sinceSentUs, lagUs) => {
					const kind = nameOfKind[kindAndMore & 0xff];
					this.ended.push({
						kind,
						second,
						warmup: (kindAndMore & 0x2_0000) !== 0,
						latencyMs: latencyUs / 1000,
						sinceSentMs: sinceSentUs / 1000,
						lagMs: lagUs / 1000,
						count: kind === 'notOffered' ? latencyUs : 1,
					});
				},
			},
			idsPerChannel: options.idsPerChannel ?? 1024,
			startMs,
			warmupMs: options.warmupMs ?? 0,
			timeoutMs,
			lateMs: timeoutMs,
			maxLagMs: 100,
			gatherMs: options.gatherMs ?? 0,
		});
	}

	/** Lets time pass until all slots have ended, or until `untilMs` of the round. */
	run(untilMs = 60_000): this {
		for (let turns = 0; !this.generator.done; turns++) {
			if (turns > 1_000_000) throw new Error('the generator turns without end');
			const next = this.#arriving[0]?.atMs ?? Number.POSITIVE_INFINITY;
			let atMs = Math.max(this.nowMs, Math.min(next, this.generator.nextMs));
			if (atMs > startMs + untilMs) break;
			const [fromMs, toMs] = this.#options.frozen ?? [0, 0];
			if (atMs - startMs >= fromMs && atMs - startMs < toMs) atMs = startMs + toMs;
			this.nowMs = atMs;
			while (this.#arriving.length > 0 && this.#arriving[0].atMs <= atMs) {
				const { channel, octets } = this.#arriving.shift()!;
				this.generator.onMessage(channel, octets, 0, octets.length, atMs);
			}
			this.generator.turn(atMs);
		}
		return this;
	}

	count(kind: keyof typeof eventKind): number {
		return this.ended.filter((end) => end.kind === kind).reduce((sum, end) => sum + end.count, 0);
	}

	choose(): number {
		for (let tried = 0; tried < this.channels; tried++) {
			this.#channel = (this.#channel + 1) % this.channels;
			if (!this.#options.refuses?.(this.#channel, this.nowMs - startMs)) return this.#channel;
		}
		return -1;
	}

	takes(): boolean {
		return true;
	}

	send(channel: number, octets: Uint8Array, start: number, length: number): boolean {
		const query: Query = {
			octets: octets.slice(start, start + length),
			atMs: this.nowMs - startMs,
			index: this.queries.length,
			channel,
		};
		this.queries.push(query);
		this.#unflushed++;
		for (const { afterMs, octets: reply } of this.#options.server(query)) {
			this.#arriving.push({ atMs: this.nowMs + afterMs, channel, octets: reply });
		}
		this.#arriving.sort((a, b) => a.atMs - b.atMs);
		return true;
	}

	settle(): void {}

	flush(): void {
		this.flushes.push(this.#unflushed);
		this.#unflushed = 0;
	}

	drops(): number {
		return 0;
	}

	async close(): Promise<void> {}
}
