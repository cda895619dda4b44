import type { TraceQuery } from '../../trace-query.ts';
import type { Asked } from '../decoder.ts';
import { hasQuestion, ReplyView, readReply } from './reply.ts';

/** How long, in the time of the trace, a query waits for its reply. Resolvers give up after about this time. */
export const replyWaitMs = 5000;

/** Of queries that are alike but for their question; those before lose their reply. No client has so many under way. */
const alikeMax = 64;

/** Whom a message belongs to, besides its question. */
export interface Exchange {
	readonly client: string;
	readonly port: number;
	/** A client may ask several servers at once under the same ID. */
	readonly server: string;
	readonly id: number;
}

/** A query that may still get its reply. */
export interface Pending extends Asked {
	readonly query: { -readonly [Key in keyof TraceQuery]: TraceQuery[Key] };
	readonly key: string;
}

/**
 * Joins replies to their queries: by client, server, ID and question; of equal queries the one that was asked first
 * has the first reply. How many wait is bounded by who holds them back: what leaves there is forgotten here.
 */
export class Pairing {
	readonly #waiting = new Map<string, Pending[]>();
	readonly #view = new ReplyView();

	static keyOf({ client, port, server, id }: Exchange): string {
		return `${client} ${port} ${id} ${server}`;
	}

	ask(pending: Pending): void {
		const others = this.#waiting.get(pending.key);
		if (!others) this.#waiting.set(pending.key, [pending]);
		else if (others.push(pending) > alikeMax) others.shift();
	}

	/**
	 * The reply at `octets[start, end)`, with a whole header, has come. False if nobody waits for it.
	 *
	 * @param replyBytes its whole length, which the capture may not hold
	 */
	reply(
		exchange: Exchange,
		octets: Uint8Array,
		start: number,
		end: number,
		replyBytes: number,
		atMs: number,
	): boolean {
		const pending = this.#waiting
			.get(Pairing.keyOf(exchange))
			?.find(({ query }) => hasQuestion(octets, start, end, query));
		if (!pending) return false;
		this.forget(pending);
		readReply(this.#view, octets, start, end);
		const { query } = pending;
		query.rcode = this.#view.rcode;
		query.answerTtlSec = this.#view.answerTtlSec;
		query.replyBytes = replyBytes;
		const rttUs = Math.round((atMs - query.atMs) * 1000);
		// Clocks of several interfaces may differ by more than the way of a query takes.
		query.rttUs = Number.isNaN(rttUs) ? undefined : Math.max(0, rttUs);
		return true;
	}

	/** The query gets no reply any more. */
	forget(pending: Pending): void {
		const waiting = this.#waiting.get(pending.key);
		if (!waiting) return;
		const place = waiting.indexOf(pending);
		if (place >= 0) waiting.splice(place, 1);
		if (waiting.length === 0) this.#waiting.delete(pending.key);
	}
}
