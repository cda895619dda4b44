/** One server under test with its own scripted upstreams: what a case does to it, and what was seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenQuery } from '../../src/load/upstream/query.ts';
import type { Server } from '../support/integration/client.ts';
import { NoAnswer, TcpClient, UdpClient } from '../support/integration/client.ts';
import type { ScriptedUpstream } from '../support/integration/house.ts';
import { type Ask, makeQuery } from '../support/integration/message.ts';
import { type Observation, observeReply } from './observation.ts';

export interface Look {
	readonly transport?: 'udp' | 'tcp';
	readonly patienceMs?: number;
	/** The time that it took, as one of the spans that these times part. */
	readonly timedMs?: readonly number[];
	/** Leaves out what the upstream saw: a query in the background may come in this step or the next. */
	readonly quiet?: boolean;
}

/** Longer than every server here takes to give up. */
const patienceMs = 7000;

function spanOf(ms: number, limits: readonly number[]): string {
	const next = limits.findIndex((limit) => ms < limit);
	if (next === 0) return `below ${limits[0]} ms`;
	return next < 0 ? `${limits.at(-1)} ms or more` : `${limits[next - 1]} to ${limits[next]} ms`;
}

function countText(queries: readonly SeenQuery[]): string {
	const counts = new Map<string, number>();
	for (const { name, typeName, transport } of queries) {
		const key = `${name} ${typeName} ${transport}`;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return (
		[...counts]
			.map(([key, count]) => `${count} × ${key}`)
			.sort()
			.join(', ') || 'none'
	);
}

export class Session {
	readonly server: Server;
	readonly upstreams: readonly ScriptedUpstream[];
	readonly steps = new Map<string, Observation>();
	/** The zone that all names of the case are in, and no other case's: "t21.test.". */
	readonly #zone: string;
	readonly #seenBefore: number[];
	readonly #malformedBefore: number[];

	constructor(server: Server, upstreams: readonly ScriptedUpstream[], zone: string) {
		this.server = server;
		this.upstreams = upstreams;
		this.#zone = zone;
		this.#seenBefore = upstreams.map(() => 0);
		this.#malformedBefore = upstreams.map(({ script }) => script.report.malformed);
	}

	get upstream(): ScriptedUpstream {
		return this.upstreams[0];
	}

	/** Queries of this case that an upstream got so far. */
	seenBy(index: number): readonly SeenQuery[] {
		return this.upstreams[index].script.report.queries.filter(
			({ name }) => name === this.#zone || name.endsWith(`.${this.#zone}`),
		);
	}

	wait(ms: number): Promise<void> {
		return sleep(ms);
	}

	note(step: string, field: string, value: string): void {
		const seen = this.steps.get(step) ?? new Map();
		this.steps.set(step, seen.set(field, value));
	}

	/** Asks from a port of its own and keeps what came, and what the upstreams saw meanwhile, under the step's label. */
	ask(step: string, name: string, ask: Ask = {}, look: Look = {}): Promise<Observation> {
		return this.send(step, makeQuery(name, ask), look);
	}

	/** The same with any octets. */
	async send(step: string, octets: Buffer, look: Look = {}): Promise<Observation> {
		if (this.steps.get(step)?.has('reply')) throw new Error(`the step "${step}" is there already`);
		const started = performance.now();
		const seen = observeReply(await this.exchange(octets, look));
		if (look.timedMs) seen.set('time', spanOf(performance.now() - started, look.timedMs));
		this.steps.set(step, seen);
		if (!look.quiet) this.upstreamSaw(step);
		return seen;
	}

	/** Without a record. Undefined: silence. */
	async exchange(octets: Buffer, look: Look = {}): Promise<Buffer | undefined> {
		const client = await (look.transport === 'tcp' ? TcpClient : UdpClient).open(this.server);
		// What has no ID is answered by nothing, or by something with ID 0.
		const waited = octets.length >= 2 ? octets : Buffer.concat([octets, Buffer.alloc(2)]);
		try {
			if (octets.length < 2) {
				client.send(octets);
				await sleep(500);
				return client instanceof UdpClient ? client.unexpected[0] : undefined;
			}
			return await client.exchange(waited, look.patienceMs ?? patienceMs);
		} catch (thrown) {
			if (thrown instanceof NoAnswer) return undefined;
			throw thrown;
		} finally {
			client.close();
		}
	}

	/** Records the queries that the upstreams got since the last record. */
	upstreamSaw(step: string): void {
		for (const [i, { script }] of this.upstreams.entries()) {
			const all = this.seenBy(i);
			const field = i === 0 ? 'upstream' : `upstream ${i + 1}`;
			this.note(step, field, countText(all.slice(this.#seenBefore[i])));
			this.#seenBefore[i] = all.length;
			const malformed = script.report.malformed - this.#malformedBefore[i];
			this.#malformedBefore[i] = script.report.malformed;
			if (malformed > 0) this.note(step, `${field} malformed`, String(malformed));
		}
	}

	/** Records how the last query to the first upstream was written. */
	lastQuery(step: string): void {
		const query = this.seenBy(0).at(-1);
		if (!query) throw new Error(`${step}: the upstream has seen no query of this case`);
		const { rd, ad, cd, edns } = query;
		const flags = `rd ${Number(rd)} ad ${Number(ad)} cd ${Number(cd)}`;
		this.note(step, 'upstream query', flags);
		this.note(
			step,
			'upstream edns',
			edns
				? `size ${edns.udpPayloadBytes} do ${Number(edns.dnssecOk)} options ${edns.options.join(' ') || 'none'}`
				: 'none',
		);
	}
}
