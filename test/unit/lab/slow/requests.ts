import fc from 'fast-check';
import { seededRandom } from '../../../../src/util/random.ts';
import { Zipf } from '../../../../src/workload/zipf.ts';

/** One request of a sequence. `expired`: if the key is held, it is found to have expired. */
export interface Request {
	readonly key: number;
	readonly size: number;
	readonly expired: boolean;
}

export interface Shape {
	/** Sizes are from 1 to this, more of them small. */
	readonly sizeMax: number;
	readonly expiredPercent: number;
}

const keys = 64;
const firstScanned = 1000;

function piece(kind: string, countMax: number, fromMax: number) {
	return fc.record({
		kind: fc.constant(kind),
		count: fc.integer({ min: 1, max: countMax }),
		from: fc.nat(fromMax),
	});
}

/** Keys by Zipf's law, with popular ones that move; a loop over few; a scan of keys that never come again. */
const pieces = fc.oneof(
	{ weight: 3, arbitrary: piece('zipf', 120, keys) },
	{ weight: 2, arbitrary: piece('loop', 80, keys) },
	{ weight: 1, arbitrary: piece('scan', 40, 0) },
	{ weight: 1, arbitrary: piece('any', 60, 0) },
);

export function requestSequences({ sizeMax, expiredPercent }: Shape): fc.Arbitrary<Request[]> {
	const all = fc.array(fc.tuple(pieces, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 12 });
	return fc.tuple(all, fc.nat()).map(([parts, seed]) => {
		const random = seededRandom(seed);
		const zipf = new Zipf(keys, 1);
		let scanned = firstScanned;
		const keyOf = (kind: string, number: number, from: number, width: number): number => {
			if (kind === 'zipf') return (zipf.draw(random) + from) % keys;
			if (kind === 'loop') return (from + (number % width)) % keys;
			if (kind === 'scan') return scanned++;
			return random.nextUint32() % keys;
		};
		return parts.flatMap(([{ kind, count, from }, width]) =>
			Array.from({ length: count }, (_, number) => ({
				key: keyOf(kind, number, from, width),
				size: Math.round(sizeMax ** (random.nextUint32() / 2 ** 32)),
				expired: random.nextUint32() % 100 < expiredPercent,
			})),
		);
	});
}
