import { openSync, readSync } from 'node:fs';

/** A source of random numbers, handed in like the clock. */
export interface Random {
	/** A whole number in [0, 2^32). */
	nextUint32(): number;
}

const poolWords = 1024;

/**
 * Random numbers that nobody can predict (RFC 5452 §9.2: message IDs and ports), from the operating system's
 * generator, fetched 4 KiB at a time so that a query costs an array read.
 */
export function cryptoRandom(): Random {
	const pool = new Uint32Array(poolWords);
	let next = poolWords;
	return {
		nextUint32() {
			if (next === poolWords) {
				fill(pool);
				next = 0;
			}
			return pool[next++];
		},
	};
}

let generator: number | undefined;

/**
 * From the kernel's own file where there is one: what node:crypto gives is the same, and having it loaded takes a MiB in
 * every thread.
 */
function fill(pool: Uint32Array): void {
	try {
		generator ??= openSync('/dev/urandom', 'r');
		const octets = new Uint8Array(pool.buffer);
		if (readSync(generator, octets, 0, octets.length, null) === octets.length) return;
	} catch {
		// Not this kind of system, or no /dev here.
	}
	process.getBuiltinModule('node:crypto').randomFillSync(pool);
}

/** Repeatable random numbers for tests, scenarios and generators (mulberry32). Never for IDs or ports. */
export function seededRandom(seed: number): Random {
	let state = seed >>> 0;
	return {
		nextUint32() {
			state = (state + 0x6d2b79f5) >>> 0;
			let mixed = Math.imul(state ^ (state >>> 15), state | 1);
			mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
			return (mixed ^ (mixed >>> 14)) >>> 0;
		},
	};
}

/** A whole number in [0, bound). The bias is below bound / 2^32. */
export function randomBelow(random: Random, bound: number): number {
	return Math.floor((random.nextUint32() / 0x1_0000_0000) * bound);
}
