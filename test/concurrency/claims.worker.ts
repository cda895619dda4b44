/** One shard of claims.test.ts: claims keys, answers those it owns, waits for the answers to those it joined. */
import { parentPort, workerData } from 'node:worker_threads';
import { WriterIdentity } from '../../src/cache/seqlock.ts';
import { Claims, claimResult } from '../../src/forward/claims.ts';
import { seededRandom } from '../../src/util/random.ts';
import { keyOf } from '../unit/cache/support.ts';

/** Claims here are never old: what is forgotten would be found by the test as a lost answer. */
const nowTicks = 0;

export interface ClaimsData {
	readonly shard: number;
	readonly shards: number;
	readonly keyCount: number;
	readonly rounds: number;
	readonly claims: SharedArrayBuffer;
	readonly epochs: SharedArrayBuffer;
	/** A word a key: the shard that owns it now + 1. */
	readonly owners: SharedArrayBuffer;
	/** A word a shard, rung for each answer; a count a shard; then per shard a ring of (place, generation) pairs. */
	readonly mail: SharedArrayBuffer;
	readonly ringPairs: number;
}

export interface ClaimsReport {
	readonly owned: number;
	readonly joined: number;
	readonly none: number;
	readonly twoOwners: number;
	readonly lostAnswers: number;
}

const data = workerData as ClaimsData;
const { ringPairs } = data;
const owners = new Int32Array(data.owners);
const mail = new Int32Array(data.mail);
const claims = new Claims(
	data.claims,
	new WriterIdentity(new Int32Array(data.epochs), data.shard),
	data.shard,
);
const keys = Array.from({ length: data.keyCount }, (_, index) => keyOf(`n${index}.example.`));
const idle = new Int32Array(new SharedArrayBuffer(4));
const random = seededRandom(data.shard + 1);
const counts = { owned: 0, joined: 0, none: 0, twoOwners: 0, lostAnswers: 0 };
/** How long a shard waits for an answer that it is owed. Only a lost one takes so long. */
const patienceMs = 10_000;
let read = 0;

/** Where the ring of a shard begins, behind the bells and each shard's count of what was written. */
function ringAt(shard: number): number {
	return 2 * data.shards + 2 * ringPairs * shard;
}

/** As the doorbells do: the answer first, then the bell. Several shards may write to one ring. */
function send(to: number, place: number, generation: number): void {
	const pair = Atomics.add(mail, data.shards + to, 1) % ringPairs;
	Atomics.store(mail, ringAt(to) + 2 * pair + 1, generation);
	Atomics.store(mail, ringAt(to) + 2 * pair, place);
	Atomics.add(mail, to, 1);
	Atomics.notify(mail, to);
}

/** Takes one pair out of this shard's ring; place 0: the writer is not done with it. */
function take(): { place: number; generation: number } {
	const at = ringAt(data.shard) + 2 * (read % ringPairs);
	const place = Atomics.load(mail, at);
	const generation = Atomics.load(mail, at + 1);
	if (place !== 0) {
		Atomics.store(mail, at, 0);
		read++;
	}
	return { place, generation };
}

/** Waits until the answer of a claim is there. False: it never came. */
function awaitAnswer(place: number, generation: number): boolean {
	const endMs = performance.now() + patienceMs;
	while (performance.now() < endMs) {
		const rung = Atomics.load(mail, data.shard);
		const taken = take();
		if (taken.place === place && taken.generation === generation) return true;
		if (taken.place !== 0) throw new Error('an answer to a claim that this shard does not wait for');
		Atomics.wait(mail, data.shard, rung, 100);
	}
	return false;
}

function own(key: number): void {
	const { place, generation } = claims;
	counts.owned++;
	if (Atomics.compareExchange(owners, key, 0, data.shard + 1) !== 0) counts.twoOwners++;
	// Now and then long enough for others to come; asleep, so that they get the processor.
	if (random.nextUint32() % 64 === 0) Atomics.wait(idle, 0, 0, 0.3);
	if (Atomics.load(owners, key) !== data.shard + 1) counts.twoOwners++;
	Atomics.store(owners, key, 0);
	let waiting = claims.release(place, generation);
	for (let to = 0; waiting !== 0; to++, waiting >>>= 1) if (waiting & 1) send(to, place, generation);
}

for (let round = 0; round < data.rounds; round++) {
	const key = random.nextUint32() % keys.length;
	const result = claims.claim(keys[key], nowTicks);
	if (result === claimResult.owned) own(key);
	else if (result === claimResult.none) counts.none++;
	else {
		counts.joined++;
		if (!awaitAnswer(claims.place, claims.generation)) counts.lostAnswers++;
	}
}
parentPort!.postMessage(counts satisfies ClaimsReport);
