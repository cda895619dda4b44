/**
 * Goal: the sequence lock keeps its promise in every order of its steps, and when a writer dies at any of them.
 * Method: two writers and a reader run the functions of src/cache/seqlock.ts over one memory, access by access
 * (single-stepper.ts), over all orders. What the lock covers are two words that every writer makes equal.
 *
 *   allowed    the reader gets two equal words that somebody wrote, or nothing within its tries
 *   forbidden  two different words (torn) | `clean` though the words differ | a writer at work while another owns the
 *              lock | a process that never ends while every other one has ended or is dead and known to be
 *
 * The test of the test: the same exploration without the reader's second look must meet torn copies.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Seqlock from '../../src/cache/seqlock.ts';
import { type Exploration, explore, type Memory, type ProcessSpec } from './single-stepper.ts';

/** Words of the memory: the lock, what it covers, and the epochs of three shards. */
const seq = 0;
const owner = 1;
const left = 2;
const right = 3;
const epochsAt = 4;
const memoryWords = 7;
const initialValue = 100;
const initial = [0, 0, initialValue, initialValue, 0, 0, 0];

const words = new Int32Array(new SharedArrayBuffer(4 * memoryWords));
const epochs = words.subarray(epochsAt);

/** seqlock.ts as it is loaded on a processor of another kind. */
async function loadFor(arch: string): Promise<typeof Seqlock> {
	const real = Object.getOwnPropertyDescriptor(process, 'arch')!;
	Object.defineProperty(process, 'arch', { ...real, value: arch });
	try {
		const specifier = `../../src/cache/seqlock.ts?${arch}`;
		return await import(specifier);
	} finally {
		Object.defineProperty(process, 'arch', real);
	}
}

function writer(lock: typeof Seqlock, shard: number, diesAfter?: number): ProcessSpec {
	words.fill(0);
	const identity = new lock.WriterIdentity(epochs, shard);
	const put = (memory: Memory, index: number, value: number): void => {
		memory.poke(index, value);
		if (words[owner] !== identity.token)
			throw new Error(`writer ${shard} is at work, the owner is ${words[owner]}`);
	};
	return {
		name: `writer ${shard}`,
		...(diesAfter === undefined ? {} : { diesAfter }),
		run(memory) {
			const state = lock.acquireWrite(words, seq, identity);
			if (state === lock.acquired.no) return 'gave up';
			if (state === lock.acquired.clean && memory.peek(left) !== memory.peek(right)) {
				throw new Error(`writer ${shard} was told that all is clean, and it is not`);
			}
			put(memory, left, shard);
			put(memory, right, shard);
			lock.releaseWrite(words, seq);
			return state === lock.acquired.clean ? 'wrote' : 'mended';
		},
		// A round of acquireWrite that found a living owner: it would go on so for two thousand rounds.
		isSpinning(names, next) {
			const again = names.at(-2) === next && next.startsWith(`compareExchange ${owner},0,`);
			return again && names.at(-1) === `load ${1 - shard}` ? 2 : 0;
		},
	};
}

function reader(
	lock: typeof Seqlock,
	tries: number,
	isWhole: typeof Seqlock.isWhole = lock.isWhole,
): ProcessSpec {
	return {
		name: 'reader',
		run(memory) {
			for (let i = 0; i < tries; i++) {
				const look = lock.beginRead(words, seq);
				if (look & 1) continue;
				const copy = [memory.peek(left), memory.peek(right)];
				if (isWhole(words, seq, look)) return copy.join();
			}
			return 'nothing';
		},
	};
}

/** Says that a shard is dead, some time after it is. */
function undertaker(shard: number): ProcessSpec {
	return {
		name: 'undertaker',
		run: () => `${Atomics.add(epochs, shard, 1)}`,
		mayStart: (processes) => processes.some(({ spec, killed }) => killed && spec.name === `writer ${shard}`),
	};
}

const wholeCopies = ['0,0', '1,1', `${initialValue},${initialValue}`];
const allowed = new Set([...wholeCopies, 'nothing'].map((copy) => `reader: ${copy}`));

function forbidden({ outcomes, faults }: Exploration): string[] {
	const torn = [...outcomes.keys()].filter(
		(outcome) => outcome.startsWith('reader') && !allowed.has(outcome),
	);
	return [...faults, ...torn];
}

function print(what: string, exploration: Exploration): void {
	const outcomes = [...exploration.outcomes].map(([outcome, count]) => `${outcome} × ${count}`).sort();
	process.stdout.write(`# ${what}: ${exploration.states} states; ${outcomes.join('; ')}\n`);
}

/** Accesses of a writer that nobody disturbs. */
function accessesOf(lock: typeof Seqlock): number {
	let count = 0;
	const spec = writer(lock, 0);
	while (explore(words, initial, [{ ...spec, diesAfter: count }]).outcomes.has('writer 0: killed')) count++;
	return count;
}

for (const arch of ['x64', 'arm64']) {
	const lock = await loadFor(arch);

	test(`two writers and a reader in every order, as on ${arch}`, () => {
		const exploration = explore(words, initial, [writer(lock, 0), writer(lock, 1), reader(lock, 3)]);
		print(arch, exploration);
		assert.deepEqual(forbidden(exploration), []);
		for (const copy of [...wholeCopies, 'nothing']) {
			assert.ok(exploration.outcomes.has(`reader: ${copy}`), `${copy} was reached`);
		}
		assert.deepEqual(
			[...exploration.outcomes.keys()].filter((outcome) => outcome.startsWith('writer')).sort(),
			['writer 0: wrote', 'writer 1: wrote'],
		);
	});

	test(`a writer that dies at any step, known to be dead at any later one, as on ${arch}`, () => {
		const accesses = accessesOf(lock);
		assert.ok(accesses >= 7, `${accesses}`);
		let mended = 0;
		for (let diesAfter = 0; diesAfter < accesses; diesAfter++) {
			const specs = [writer(lock, 0, diesAfter), writer(lock, 1), reader(lock, 2), undertaker(0)];
			const exploration = explore(words, initial, specs);
			assert.deepEqual(forbidden(exploration), [], `died after ${diesAfter} accesses`);
			assert.ok(exploration.outcomes.has('writer 0: killed'));
			mended += exploration.outcomes.get('writer 1: mended') ?? 0;
		}
		assert.ok(mended > 0, 'somewhere the successor was told that the words may be half-written');
	});
}

test('a writer that finds the lock held by a living one gives up in the end', async () => {
	const lock = await loadFor('x64');
	words.set(initial);
	assert.equal(lock.acquireWrite(words, seq, new lock.WriterIdentity(epochs, 0)), lock.acquired.clean);
	assert.equal(lock.acquireWrite(words, seq, new lock.WriterIdentity(epochs, 1)), lock.acquired.no);
	lock.releaseWrite(words, seq);
	assert.deepEqual([words[seq], words[owner]], [2, 0]);
});

test('the number goes round below zero and stays even at rest', async () => {
	const lock = await loadFor('x64');
	words.set(initial);
	words[seq] = 0x7fff_fffe;
	const before = lock.beginRead(words, seq);
	assert.equal(lock.acquireWrite(words, seq, new lock.WriterIdentity(epochs, 0)), lock.acquired.clean);
	assert.equal(lock.beginRead(words, seq) & 1, 1);
	assert.equal(lock.isWhole(words, seq, before), false);
	lock.releaseWrite(words, seq);
	assert.equal(words[seq], -0x8000_0000);
	assert.equal(lock.beginRead(words, seq) & 1, 0);
});

test('a token names its shard and epoch, up to the last shard and across many deaths', async () => {
	const lock = await loadFor('x64');
	const many = new Int32Array(new SharedArrayBuffer(4 * 32));
	for (const shard of [0, 1, 31]) {
		for (const epoch of [0, 1, 0x7f_ffff]) {
			many[shard] = epoch;
			const identity = new lock.WriterIdentity(many, shard);
			assert.ok(identity.token > 0);
			assert.equal(identity.isAlive(identity.token), true);
			Atomics.add(many, shard, 1);
			assert.equal(identity.isAlive(identity.token), false);
			assert.notEqual(new lock.WriterIdentity(many, shard).token, identity.token);
		}
	}
});

test('the test of the test: without the second look the exploration meets torn copies', async () => {
	const lock = await loadFor('x64');
	const believing = reader(lock, 3, () => true);
	const exploration = explore(words, initial, [writer(lock, 0), writer(lock, 1), believing]);
	print('without the second look', exploration);
	assert.ok(
		exploration.outcomes.has(`reader: ${initialValue},0`),
		'the beginning of one, the end of another',
	);
	assert.ok(forbidden(exploration).length > 0);
});

test('the test of the test: a successor that is not told of half-written words is caught', async () => {
	const lock = await loadFor('x64');
	const { clean, broken } = lock.acquired;
	const careless: typeof Seqlock = {
		...lock,
		acquireWrite: (...given) => {
			const state = lock.acquireWrite(...given);
			return state === broken ? clean : state;
		},
	};
	const faults = Array.from({ length: accessesOf(lock) }, (_, diesAfter) => {
		const specs = [writer(lock, 0, diesAfter), writer(careless, 1), undertaker(0)];
		return explore(words, initial, specs).faults;
	});
	assert.ok(faults.flat().some((fault) => fault.includes('told that all is clean')));
});
