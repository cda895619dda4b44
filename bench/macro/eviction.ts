/**
 * Question: which eviction policy is the shared cache to have? docs/design/0015-eviction.md draws on what this prints.
 *
 * The modules that serve run in virtual time, with each of their policies, beside every online policy of the laboratory with as many
 * octets, its own metadata among them (src/lab/simulate/charge.ts); on made-up streams and on the traces that are named. All
 * figures are hit ratios in percent of the requests behind the warm-up. `best` is the best of the laboratory at that place,
 * and behind each policy of the shared cache stands how many points it hits less than that; `!` marks more than two.
 *
 *     node bench/macro/eviction.ts [TRACE…] [--requests 400000] [--sizes 64KiB,256KiB,1MiB] [--smoke]
 *
 * There is chance in it, but no time: equal parameters give equal figures.
 */
import { parseArgs } from 'node:util';
import { evictionPolicies } from '../../src/cache/policy/index.ts';
import { parseSize } from '../../src/cli/values.ts';
import { LiveCache } from '../../src/lab/live-cache/live-cache.ts';
import { policies } from '../../src/lab/policies/index.ts';
import type { LabCache } from '../../src/lab/simulate/lab-cache.ts';
import { openPolicy } from '../../src/lab/simulate/open-policy.ts';
import { Simulation } from '../../src/lab/simulate/simulation.ts';
import { madeStreams, type Opened, recorded } from '../lib/eviction-streams.ts';

/** Points that a policy of the shared cache may hit less than the best, at any place and on average. */
const pointsAnywhere = 2;
const pointsOnAverage = 1;
const sizesByDefault = '64KiB,128KiB,256KiB,512KiB,1MiB,2MiB,4MiB';
const seed = 1;

export interface Place {
	readonly subject: string;
	readonly size: string;
	readonly best: { readonly name: string; readonly percent: number };
	/** Of the shared cache, by policy. */
	readonly live: ReadonlyMap<string, number>;
}

function hitPercent(cache: LabCache, { requests, warmupRequests, names }: Opened): number {
	const simulation = new Simulation(cache, { warmupRequests, keys: names.count });
	simulation.run(requests);
	return 100 * simulation.result().hitRatio.byRequests;
}

function bestOf(opened: Opened, bytes: number): Place['best'] {
	const { names } = opened;
	const online = policies.filter(({ needsFuture, name }) => !needsFuture && name !== 'lru-cache');
	return online
		.map(({ name, make }) => {
			const capacity = { unit: 'bytes', bytes } as const;
			return {
				name,
				percent: hitPercent(openPolicy({ make, capacity, names, seed, keys: names.count }), opened),
			};
		})
		.reduce((best, one) => (one.percent > best.percent ? one : best));
}

export async function* measure(
	requests: number,
	traces: readonly string[],
	sizes: readonly string[],
): AsyncGenerator<Place, void, void> {
	for (const subject of [...traces.map(recorded), ...madeStreams(requests)]) {
		const opened = await subject.open();
		for (const size of sizes) {
			const bytes = parseSize(size);
			const live = evictionPolicies.map(({ name, policy }): [string, number] => [
				name,
				hitPercent(new LiveCache({ bytes, names: opened.names, seed, policy }), opened),
			]);
			yield { subject: subject.name, size, best: bestOf(opened, bytes), live: new Map(live) };
		}
	}
}

function rowOf({ subject, size, best, live }: Place): string {
	const cells = [...live.values()].map((percent) => {
		const points = best.percent - percent;
		return `${percent.toFixed(1)} (${points.toFixed(1)}${points > pointsAnywhere ? '!' : ''})`;
	});
	return [subject, size, `${best.name} ${best.percent.toFixed(1)}`, ...cells].join(' | ');
}

function sumOf(name: string, places: readonly Place[]): string {
	const points = places.map(({ best, live }) => best.percent - live.get(name)!);
	const mean = points.reduce((sum, one) => sum + one, 0) / points.length;
	const over = points.filter((one) => one > pointsAnywhere).length;
	const verdict = mean <= pointsOnAverage ? 'as asked for' : 'more than asked for';
	return `${name}: ${mean.toFixed(2)} points on average (${verdict}), ${Math.max(...points).toFixed(1)} at most, more than ${pointsAnywhere} at ${over} of ${points.length} places`;
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: {
			requests: { type: 'string' },
			sizes: { type: 'string' },
			smoke: { type: 'boolean', default: false },
		},
		allowPositionals: true,
	});
	const requests = Number(values.requests ?? (values.smoke ? 4000 : 400_000));
	const sizes = (values.sizes ?? (values.smoke ? '64KiB' : sizesByDefault)).split(',');
	const names = evictionPolicies.map(({ name }) => name);
	process.stdout.write(
		`stream | size | best | ${names.join(' | ')}\n--- | --- | --- | ${names.map(() => '---').join(' | ')}\n`,
	);
	const places: Place[] = [];
	for await (const place of measure(requests, positionals, sizes)) {
		places.push(place);
		process.stdout.write(`${rowOf(place)}\n`);
	}
	process.stdout.write(`\n${names.map((name) => sumOf(name, places)).join('\n')}\n`);
}

if (import.meta.main) await main();
