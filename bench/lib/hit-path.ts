import { loadCorefile } from '../../src/config/load.ts';
import { Engine, minReplyBytes } from '../../src/engine/engine.ts';
import { type EngineIo, overUdp, type QuerySource } from '../../src/engine/io.ts';
import { createSharedState, type SharedState } from '../../src/engine/shared-state.ts';
import { sumCounters } from '../../src/metrics/hot/counters.ts';
import { seededRandom } from '../../src/util/random.ts';
import { flag } from '../../src/wire/header.ts';
import { rcode, rrClass, rrType } from '../../src/wire/iana.ts';
import { nameToWire } from '../../src/wire/presentation.ts';
import {
	appendHeader,
	appendOpt,
	appendQuestion,
	appendRecord,
	patchCounts,
	patchFlags,
	qnamePointer,
} from '../../src/wire/writer.ts';
import { ResultHash } from './result-hash.ts';

export interface HitPathParameters {
	readonly names: number;
	/** Whether queries have an OPT with a payload size of 1232, as those of most tools and of forwarders do. */
	readonly edns: boolean;
	/** With the directive `loadbalance`, and four addresses in each answer. */
	readonly loadbalance?: boolean;
}

/** As a user has it: two server blocks, rules for the header, the cache's defaults. */
const corefile = `
cluster.test {
	errors
	header {
		response set ra aa
	}
	forward . 192.0.2.1
	cache
}
. {
	errors
	header {
		response set ra
	}
	forward . 192.0.2.2
	cache
}
`;

const slots = 64;
/** Batches of queries that lie ready, so that consecutive ones are not equal. */
const batches = 16;
const slotBytes = 512;
const startMs = 1000;
/** Every answer has an age when it is asked for, so that every TTL has to be written. */
const ageMs = 10_000;
/** How long a batch takes, in virtual time. */
const turnMs = 0.0517;

/**
 * A real engine that answers batches from its cache, in virtual time and without sockets; slots and batches are what
 * net/transport.ts describes. Half of the names are in either zone.
 */
export class HitPath {
	readonly #engine: Engine;
	readonly #shared: SharedState;
	readonly #rx = new Uint8Array(batches * slots * slotBytes);
	readonly #rxLength = new Uint16Array(batches * slots);
	readonly #tx = new Uint8Array(slots * minReplyBytes);
	readonly #txLength = new Uint16Array(slots);
	readonly #source: QuerySource = { listener: 0, transport: overUdp, sender: 0 };
	readonly #times = Float64Array.of(startMs, startMs);
	readonly #asked: Uint8Array[] = [];
	#batch = 0;

	constructor({ names, edns, loadbalance = false }: HitPathParameters) {
		const text = loadbalance ? corefile.replaceAll('\terrors', '\terrors\n\tloadbalance') : corefile;
		const { model } = loadCorefile({ path: 'Corefile', text, env: {} });
		if (model === undefined) throw new Error('the Corefile does not load');
		const random = seededRandom(1);
		this.#shared = createSharedState({ shards: 1, cacheBytes: 32 << 20, model, random });
		const listeners = [{ blocks: [0, 1] }];
		this.#engine = new Engine({
			model,
			shared: this.#shared,
			shard: 0,
			io: this.#io(),
			random,
			listeners,
			times: this.#times,
		});
		for (const forward of [0, 1]) this.#engine.setUpstreamCount(forward, 1);
		const addresses = loadbalance ? 4 : 1;
		for (let name = 0; name < names; name++) this.#fill(queryFor(name, edns), addresses);
		for (let slot = 0; slot < batches * slots; slot++) {
			const query = queryFor(random.nextUint32() % names, edns);
			this.#rx.set(query, slot * slotBytes);
			this.#rxLength[slot] = query.length;
		}
		this.#times[1] += ageMs;
	}

	/** Hits since the start. Whatever else there was is an error. */
	get hits(): number {
		const { hits_positive, queries_udp, misses } = sumCounters(this.#shared.counters);
		if (hits_positive + misses !== queries_udp) throw new Error('not every query was a hit');
		return hits_positive;
	}

	/** Of the replies of the last batch. */
	get hash(): string {
		const hash = new ResultHash();
		for (let slot = 0; slot < slots; slot++) {
			const start = slot * minReplyBytes;
			for (const octet of this.#tx.subarray(start, start + this.#txLength[slot])) hash.add(octet);
		}
		return hash.text;
	}

	/** Answers `count` batches of 64 queries. */
	run(count: number): void {
		for (let i = 0; i < count; i++) {
			this.#times[0] = this.#times[1];
			this.#engine.beginTurn();
			this.#answerBatch();
			this.#times[1] += turnMs;
			this.#engine.endTurn();
		}
	}

	#answerBatch(): void {
		const source = this.#source;
		const first = this.#batch * slots;
		this.#batch = (this.#batch + 1) % batches;
		for (let slot = 0; slot < slots; slot++) {
			source.sender = slot;
			this.#txLength[slot] = this.#engine.onQuery(
				this.#rx,
				(first + slot) * slotBytes,
				this.#rxLength[first + slot],
				source,
				this.#tx,
				slot * minReplyBytes,
				minReplyBytes,
			);
		}
	}

	/** Asks for a name as its first client does, and answers for its upstream. */
	#fill(query: Uint8Array, addresses: number): void {
		this.#engine.beginTurn();
		this.#engine.onQuery(query, 0, query.length, this.#source, this.#tx, 0, minReplyBytes);
		const response = responseTo(this.#asked.pop()!, addresses);
		this.#engine.onUpstreamMessage(1, response, 0, response.length);
		this.#engine.endTurn();
		if (this.#engine.pendingCount > 0) throw new Error('a name was not answered');
	}

	#io(): EngineIo {
		const onlyHits = (): never => {
			throw new Error('only hits were expected');
		};
		return {
			retain: () => 1,
			reply: () => {},
			release: onlyHits,
			clientAddress: onlyHits,
			askUdp: (_upstream, octets, start, length) => {
				this.#asked.push(octets.slice(start, start + length));
				return 1;
			},
			socketReused: true,
			askTcp: onlyHits,
			settle: () => {},
			handOver: onlyHits,
			log: onlyHits,
		};
	}
}

/** A query of 37 octets of name for an A record. */
function queryFor(number: number, edns: boolean): Uint8Array {
	const zone = number % 2 === 0 ? 'service.cluster.test.' : 'service.example.test.';
	const qname = nameToWire(`n${String(number).padStart(13, '0')}.${zone}`);
	const octets = new Uint8Array(128);
	const end = octets.length;
	let at = appendHeader(octets, 0, end, number & 0xffff, flag.rd);
	at = appendQuestion(octets, at, end, qname, rrType.A, rrClass.IN);
	if (edns) at = appendOpt(octets, at, end, 1232, rcode.NOERROR, false);
	patchCounts(octets, 0, 1, 0, 0, edns ? 1 : 0);
	return octets.slice(0, at);
}

/** The upstream's response to a query: addresses, for a day. */
function responseTo(query: Uint8Array, addresses: number): Uint8Array {
	const octets = new Uint8Array(512);
	const questionEnd = query.indexOf(0, 12) + 5;
	octets.set(query.subarray(0, questionEnd));
	patchFlags(octets, 0, flag.qr | flag.rd | flag.ra);
	let at = questionEnd;
	for (let last = 9; last < 9 + addresses; last++) {
		const address = Uint8Array.of(192, 0, 2, last);
		at = appendRecord(octets, at, 512, qnamePointer, rrType.A, rrClass.IN, 86_400, address);
	}
	patchCounts(octets, 0, 1, addresses, 0, 0);
	return octets.slice(0, at);
}
