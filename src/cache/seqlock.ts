/**
 * A sequence lock in shared memory: one writer at a time, readers that never block and never keep a torn copy.
 *
 *   word 0  seq     even: at rest; odd: a writer is changing what the lock covers
 *   word 1  owner   0: free; else epoch << 8 | (shard + 1) of the writer
 *
 *   writer   CAS owner 0 → me │ seq += 1 (odd) │ change │ seq += 1 (even) │ owner = 0
 *   reader   a = seq; odd? try again │ copy │ seq still a? the copy is whole : try again
 *
 * Why the second look is enough. All steps on `seq` and `owner` are Atomics, which are sequentially consistent: if the
 * reader sees the same even number twice, no writer began in between. What is left is that the plain reads of the
 * copy must not slip past the second look. JavaScript has no fence. x86 does not move loads behind later loads, so a
 * plain `Atomics.load` will do there. On weakly ordered processors it will not (a load may be delayed past a later
 * load-acquire); there the second look is a read-modify-write, whose release half keeps earlier reads before it.
 *
 * A writer that dies inside (its worker was terminated) leaves `owner` set. Every owner names its epoch; the table of
 * epochs says which are alive. Whoever finds a dead owner takes the lock over; if `seq` is odd then, what it covers
 * may be half-written and must be made empty first (`acquired.broken`).
 */
export const acquired = { no: 0, clean: 1, broken: 2 } as const;

const seqWord = 0;
const ownerWord = 1;
/** Tries before a writer gives up. A writer inside needs a few microseconds; more means it was descheduled. */
const acquireTries = 2000;

/** Tells living writers from dead ones. `epochs[shard]` is raised when a shard's worker has died. */
export class WriterIdentity {
	readonly token: number;
	readonly #epochs: Int32Array;

	constructor(epochs: Int32Array, shard: number) {
		this.#epochs = epochs;
		this.token = ownerToken(Atomics.load(epochs, shard), shard);
	}

	isAlive(token: number): boolean {
		return ownerToken(Atomics.load(this.#epochs, (token & 0xff) - 1), (token & 0xff) - 1) === token;
	}
}

function ownerToken(epoch: number, shard: number): number {
	return ((epoch & 0x7fffff) << 8) | (shard + 1);
}

/**
 * Takes the lock at `words[base]` for writing; `seq` is odd afterwards. Returns a value of `acquired`: `no` if
 * another writer held it all the time.
 */
export function acquireWrite(words: Int32Array, base: number, writer: WriterIdentity): number {
	for (let i = 0; i < acquireTries; i++) {
		const holder = Atomics.compareExchange(words, base + ownerWord, 0, writer.token);
		if (holder === 0) return beginChange(words, base);
		if (writer.isAlive(holder)) continue;
		if (Atomics.compareExchange(words, base + ownerWord, holder, writer.token) === holder) {
			return beginChange(words, base);
		}
	}
	return acquired.no;
}

function beginChange(words: Int32Array, base: number): number {
	if (Atomics.load(words, base + seqWord) & 1) return acquired.broken;
	Atomics.add(words, base + seqWord, 1);
	return acquired.clean;
}

export function releaseWrite(words: Int32Array, base: number): void {
	Atomics.add(words, base + seqWord, 1);
	Atomics.store(words, base + ownerWord, 0);
}

/** The first look: an even number to hand to `isWhole`, or an odd one: a writer is inside. */
export function beginRead(words: Int32Array, base: number): number {
	return Atomics.load(words, base + seqWord);
}

/** The second look: whether what was copied since `beginRead` is whole. */
export const isWhole: (words: Int32Array, base: number, seq: number) => boolean =
	process.arch === 'x64' || process.arch === 'ia32'
		? (words, base, seq) => Atomics.load(words, base + seqWord) === seq
		: (words, base, seq) => Atomics.add(words, base + seqWord, 0) === seq;
