/** Runs the policy beside others, on names by Zipf's law with TTLs and denials: `node examples/policy/compare.ts` */
import { popularityStream } from '../../src/lab/generate/popularity.ts';
import { policies } from '../../src/lab/policies/index.ts';
import type { PolicyMaker } from '../../src/lab/policy.ts';
import { openPolicy } from '../../src/lab/simulate/open-policy.ts';
import { Simulation } from '../../src/lab/simulate/simulation.ts';
import { Hyperbolic } from './hyperbolic.ts';

const sizes = [65_536, 262_144, 1_048_576];
const others = ['lru', 'sieve', 's3-fifo'];

const stream = popularityStream({ requests: 100_000, ratePerSec: 500, names: 20_000, exponent: 1, seed: 1 });
const makers: [name: string, make: PolicyMaker][] = [
	['hyperbolic', (options) => new Hyperbolic(options)],
	...policies
		.filter(({ name }) => others.includes(name))
		.map(({ name, make }): [string, PolicyMaker] => [name, make]),
];

console.log(['hits, %'.padEnd(12), ...sizes.map((bytes) => `${bytes / 1024} KiB`.padStart(10))].join(''));
for (const [name, make] of makers) {
	const cells = sizes.map((bytes) => {
		const cache = openPolicy({ make, capacity: { unit: 'bytes', bytes }, names: stream.names, seed: 1 });
		const simulation = new Simulation(cache, { warmupRequests: 20_000 });
		for (const batch of stream.batches()) simulation.run(batch);
		return (100 * simulation.result().hitRatio.byRequests).toFixed(2).padStart(10);
	});
	console.log(name.padEnd(12) + cells.join(''));
}
