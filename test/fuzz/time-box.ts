import { randomInt } from 'node:crypto';
import fc from 'fast-check';

/** Seconds for each property: PETREL_FUZZ_SECONDS, a few by default so that `npm test` stays short. */
const seconds = Number(process.env.PETREL_FUZZ_SECONDS ?? 3);
const inputsPerSeed = 100;

/**
 * Tries a property with seed after seed until its time is over. A failure is shrunk however long that takes, and
 * prints its input and how to run it again: PETREL_FUZZ_SEED repeats exactly that, with or without PETREL_FUZZ_PATH.
 */
export function fuzz<Inputs extends [unknown, ...unknown[]]>(property: fc.IProperty<Inputs>): void {
	const { PETREL_FUZZ_SEED: repeated, PETREL_FUZZ_PATH: path } = process.env;
	const firstSeed = repeated === undefined ? randomInt(0x7fff_ffff) : Number(repeated);
	const endMs = performance.now() + seconds * 1000;
	let inputs = 0;
	for (let seed = firstSeed; ; seed++) {
		const details = fc.check(property, {
			seed,
			numRuns: inputsPerSeed,
			...(path === undefined ? {} : { path }),
		});
		inputs += details.numRuns;
		if (details.failed) {
			const again = `PETREL_FUZZ_SEED=${seed} PETREL_FUZZ_PATH='${details.counterexamplePath}'`;
			throw new Error(`${again}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
		}
		if (repeated !== undefined || performance.now() >= endMs) break;
	}
	process.stdout.write(`# ${inputs} inputs, seeds from ${firstSeed}\n`);
}
