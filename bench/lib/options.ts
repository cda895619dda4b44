/** What a run of the benchmark is told. */
import { parseArgs } from 'node:util';

export const usage = `npm run bench -- [options]

  --only NAMES       scenarios, separated by commas (default: all)
  --servers NAMES    servers, separated by commas (default: all that are here)
  --rounds COUNT     of each server in each scenario (default: 5)
  --seconds SECONDS  measured in each round (default: 2)
  --window COUNT     queries in flight in closed loops (default: 256)
  --coredns PATH     its program (default: PETREL_BENCH_COREDNS, PATH, ~/go/bin)
  --node-cache PATH  its program (default: PETREL_BENCH_NODE_CACHE; without one it takes no part)
  --json FILE        where the results go (default: bench/results/latest.json)
  --write            bench/README.md and its chart anew from the results
  --smoke            one short round of petrel and dnsmasq, to see that everything still runs; writes no results
`;

export interface Options {
	readonly only: readonly string[] | undefined;
	readonly servers: readonly string[] | undefined;
	readonly rounds: number;
	readonly seconds: number;
	readonly window: number;
	readonly coredns: string | undefined;
	readonly nodeCache: string | undefined;
	readonly json: string | undefined;
	readonly write: boolean;
	readonly smoke: boolean;
}

const smokeSeconds = 0.3;

function positive(text: string, what: string): number {
	const value = Number(text);
	if (!(value > 0 && value < 1e6)) throw new Error(`--${what} ${text}: a positive number is needed`);
	return value;
}

export function parseOptions(args: readonly string[]): Options {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args: [...args],
		options: {
			only: text,
			servers: text,
			rounds: text,
			seconds: text,
			window: text,
			coredns: text,
			'node-cache': text,
			json: text,
			write: { type: 'boolean', default: false },
			smoke: { type: 'boolean', default: false },
		},
	});
	const { smoke } = values;
	return {
		only: values.only?.split(','),
		servers: values.servers?.split(',') ?? (smoke ? ['petrel', 'dnsmasq'] : undefined),
		rounds: Math.ceil(positive(values.rounds ?? (smoke ? '1' : '5'), 'rounds')),
		seconds: positive(values.seconds ?? String(smoke ? smokeSeconds : 2), 'seconds'),
		window: Math.ceil(positive(values.window ?? '256', 'window')),
		coredns: values.coredns ?? process.env.PETREL_BENCH_COREDNS,
		nodeCache: values['node-cache'] ?? process.env.PETREL_BENCH_NODE_CACHE,
		json: values.json,
		write: values.write,
		smoke,
	};
}
