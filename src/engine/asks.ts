import { type Counters, counter } from '../metrics/hot/counters.ts';
import { maxAsks } from '../metrics/hot/upstream-series.ts';
import type { Random } from '../util/random.ts';
import { at, headerBytes, readUint16, writeUint16 } from '../wire/header.ts';
import type { EngineIo } from './io.ts';

/** Whoever has a query under way at an upstream. */
export interface AskOwner<Subject> {
	/** A message came on the ask's socket with its ID. It is otherwise unchecked; the ask stays until settled. */
	onReply(ask: Ask<Subject>, octets: Uint8Array, start: number, length: number, nowMs: number): void;
	/** The ask's socket is gone. The ask is settled already. */
	onLost(ask: Ask<Subject>, cause: string, nowMs: number): void;
}

/** One query under way at an upstream. Used again when it is settled: nobody keeps one beyond that. */
export class Ask<Subject> {
	/** Its number in the table, for as long as the table lives. */
	readonly number: number;
	owner: AskOwner<Subject>;
	/** What it is asked for; the owner's. */
	subject: Subject;
	id = 0;
	upstream = 0;
	overTcp = false;
	/** Sent without EDNS. */
	plain = false;
	socket = 0;
	timedOut = false;
	/** The next one in a list of its owner's. */
	sibling: Ask<Subject> | undefined;
	/** Neighbours in the table's ring of all asks. */
	previous: AnyAsk | undefined;
	next: AnyAsk | undefined;

	constructor(number: number, owner: AskOwner<Subject>, subject: Subject) {
		this.number = number;
		this.owner = owner;
		this.subject = subject;
	}
}

/** An ask whose subject is its owner's business. */
// biome-ignore lint/suspicious/noExplicitAny: the table only hands the subject back to the owner that gave it
type AnyAsk = Ask<any>;

/**
 * All queries that this shard has under way, found by message ID. An ID is random (RFC 5452 §9.2) and belongs to one
 * ask at a time; a reply counts only if it comes from the very socket that the query left by.
 */
export class AskTable {
	readonly #io: EngineIo;
	readonly #random: Random;
	readonly #counters: Counters;
	/** By ID: the number of the ask that has it, 0: none. Small, since every query looks at a random place of it. */
	readonly #numberOf = new Uint16Array(0x1_0000);
	/** By number, from 1 on. */
	readonly #asks: AnyAsk[] = [];
	#first: AnyAsk | undefined;
	/** Settled ones, to be used again; linked by `sibling`. */
	#spare: AnyAsk | undefined;
	#count = 0;

	constructor(io: EngineIo, random: Random, counters: Counters) {
		this.#io = io;
		this.#random = random;
		this.#counters = counters;
		// Number 0 is nobody's.
		this.#asks.push(new Ask<undefined>(0, { onReply() {}, onLost() {} }, undefined));
	}

	get count(): number {
		return this.#count;
	}

	/** Sends the query in `octets[0, length)`, under an ID that is written into it. Undefined: it could not be sent. */
	send<Subject>(
		owner: AskOwner<Subject>,
		subject: Subject,
		upstream: number,
		overTcp: boolean,
		plain: boolean,
		octets: Uint8Array,
		length: number,
	): Ask<Subject> | undefined {
		const id = this.#freeId();
		if (id < 0) return undefined;
		writeUint16(octets, at.id, id);
		const socket = overTcp
			? this.#io.askTcp(upstream, octets, 0, length)
			: this.#io.askUdp(upstream, octets, 0, length);
		if (socket === 0) {
			this.#counters.add(counter.upstream_send_failed);
			return undefined;
		}
		this.#counters.add(overTcp ? counter.upstream_queries_tcp : counter.upstream_queries_udp);
		const ask = this.#take(owner, subject);
		ask.id = id;
		ask.upstream = upstream;
		ask.overTcp = overTcp;
		ask.plain = plain;
		ask.socket = socket;
		this.#add(ask);
		return ask;
	}

	#take<Subject>(owner: AskOwner<Subject>, subject: Subject): Ask<Subject> {
		const ask: Ask<Subject> | undefined = this.#spare;
		if (ask === undefined) return this.#newAsk(owner, subject);
		this.#spare = ask.sibling;
		ask.owner = owner;
		ask.subject = subject;
		ask.timedOut = false;
		ask.sibling = undefined;
		return ask;
	}

	#newAsk<Subject>(owner: AskOwner<Subject>, subject: Subject): Ask<Subject> {
		const ask = new Ask(this.#asks.length, owner, subject);
		this.#asks.push(ask);
		return ask;
	}

	#freeId(): number {
		// With at most half of all IDs taken, sixteen tries fail once in 65,536 times.
		if (this.#count >= maxAsks) return -1;
		for (let i = 0; i < 16; i++) {
			const id = this.#random.nextUint32() & 0xffff;
			if (this.#numberOf[id] === 0) return id;
		}
		return -1;
	}

	#add(ask: AnyAsk): void {
		this.#numberOf[ask.id] = ask.number;
		ask.next = this.#first;
		if (this.#first) this.#first.previous = ask;
		this.#first = ask;
		this.#count++;
	}

	/** Gives a message to whoever asked for it; anything else is counted and forgotten, and the wait goes on. */
	deliver(socket: number, octets: Uint8Array, start: number, length: number, nowMs: number): void {
		if (length < headerBytes) {
			this.#counters.add(counter.upstream_ignored_short);
			return;
		}
		const number = this.#numberOf[readUint16(octets, start + at.id)];
		const ask = this.#asks[number];
		if (number === 0 || ask.socket !== socket) {
			this.#counters.add(counter.upstream_ignored_unmatched);
			return;
		}
		ask.owner.onReply(ask, octets, start, length, nowMs);
	}

	/** The ask is answered or given up; it is not to be used any more. Harmless if it was lost. */
	settle(ask: AnyAsk): void {
		if (this.#numberOf[ask.id] === ask.number) this.#spareAsk(this.#takeOut(ask));
	}

	#takeOut(ask: AnyAsk): AnyAsk {
		this.#numberOf[ask.id] = 0;
		if (ask.previous) ask.previous.next = ask.next;
		else this.#first = ask.next;
		if (ask.next) ask.next.previous = ask.previous;
		ask.previous = undefined;
		ask.next = undefined;
		this.#count--;
		this.#io.settle(ask.socket);
		return ask;
	}

	#spareAsk(ask: AnyAsk): void {
		ask.sibling = this.#spare;
		this.#spare = ask;
	}

	/** Tells everybody who asked on a socket that it is gone. */
	lose(socket: number, cause: string, nowMs: number): void {
		const lost: AnyAsk[] = [];
		for (let ask = this.#first; ask !== undefined; ask = ask.next) if (ask.socket === socket) lost.push(ask);
		for (const ask of lost) {
			this.#counters.add(counter.upstream_gone);
			this.#takeOut(ask);
		}
		for (const ask of lost) ask.owner.onLost(ask, cause, nowMs);
		// Only now: while their owners were told, none of them may have become another one.
		for (const ask of lost) this.#spareAsk(ask);
	}
}
