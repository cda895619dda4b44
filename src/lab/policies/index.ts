import type { PolicyMaker } from '../policy.ts';
import { Arc } from './arc.ts';
import { Clock } from './clock.ts';
import { Fifo } from './fifo.ts';
import { Gdsf } from './gdsf.ts';
import { Lfu } from './lfu.ts';
import { Lirs } from './lirs.ts';
import { Lru } from './lru.ts';
import { Lru2 } from './lru-2.ts';
import { LruPackage } from './lru-package.ts';
import { Min } from './min.ts';
import { Random } from './random.ts';
import { S3Fifo } from './s3-fifo.ts';
import { servers } from './servers.ts';
import { Sieve } from './sieve.ts';
import { TwoQueue } from './two-queue.ts';
import { WTinyLfu } from './w-tiny-lfu.ts';

export interface PolicyRow {
	/** As in `--policy`: small letters, digits, hyphens. */
	readonly name: string;
	/** One line. */
	readonly help: string;
	/** The paper or program that it is from. */
	readonly source: string;
	readonly make: PolicyMaker;
	/** It looks at `nextUse`: no cache that serves can do that. Left out: it does not. */
	readonly needsFuture?: boolean;
}

/** Every policy that there is, in the order of tables. */
export const policies: readonly PolicyRow[] = [
	{
		name: 'fifo',
		help: 'what came first goes first',
		source: 'folklore',
		make: (options) => new Fifo(options),
	},
	{
		name: 'random',
		help: 'any entry may go',
		source: 'folklore',
		make: (options) => new Random(options),
	},
	{
		name: 'lru',
		help: 'what was not asked for longest goes first',
		source: 'folklore',
		make: (options) => new Lru(options),
	},
	{
		name: 'lru-cache',
		help: 'LRU by the package lru-cache, to hold ours against',
		source: 'isaacs/node-lru-cache',
		make: (options) => new LruPackage(options),
	},
	{
		name: 'clock',
		help: 'FIFO, but what was hit comes around once more',
		source: 'Corbató, A Paging Experiment with the Multics System, 1968',
		make: (options) => new Clock(options),
	},
	{
		name: 'sieve',
		help: 'CLOCK whose hand leaves what it spares where it is',
		source: 'Zhang et al., NSDI 2024',
		make: (options) => new Sieve(options),
	},
	{
		name: 'lfu',
		help: 'what was asked for least often since it came goes first',
		source: 'Shah, Mitra, Matani, An O(1) Algorithm for Implementing the LFU Cache Eviction Scheme, 2010',
		make: (options) => new Lfu(options),
	},
	{
		name: 'lru-2',
		help: 'what was asked for twice longest ago goes first, after what was asked for once',
		source: "O'Neil, O'Neil, Weikum, SIGMOD 1993",
		make: (options) => new Lru2(options, { remembered: 1, correlatedRequests: 0 }),
	},
	{
		name: '2q',
		help: 'LRU for what is asked for again after it left a FIFO queue of newcomers',
		source: 'Johnson, Shasha, VLDB 1994',
		make: (options) => new TwoQueue(options),
	},
	{
		name: 'arc',
		help: 'two LRU lists, of what was asked for once and often, whose shares follow what was evicted too early',
		source: 'Megiddo, Modha, FAST 2003',
		make: (options) => new Arc(options, 'libcachesim'),
	},
	{
		name: 'arc-bytes',
		help: 'ARC whose shares move by the sizes of answers; the same where each entry is 1',
		source: 'Megiddo, Modha, FAST 2003',
		make: (options) => new Arc(options, 'scaled'),
	},
	{
		name: 'lirs',
		help: 'what is asked for at long distances passes through a short queue, the rest stays',
		source: 'Jiang, Zhang, SIGMETRICS 2002',
		make: (options) => new Lirs(options, 1),
	},
	{
		name: 's3-fifo',
		help: 'a small FIFO queue before a large one, which two hits lead to',
		source: 'Yang et al., SOSP 2023',
		make: (options) => new S3Fifo(options, 2),
	},
	{
		name: 's3-fifo-1',
		help: 'S3-FIFO in which one hit is enough',
		source: 'Yang et al., SOSP 2023',
		make: (options) => new S3Fifo(options, 1),
	},
	{
		name: 'w-tiny-lfu',
		help: 'LRU window, then in by frequency against what would go for it',
		source: 'Einziger, Friedman, Manes, ACM Transactions on Storage 13(4), 2017',
		make: (options) => new WTinyLfu(options),
	},
	{
		name: 'gdsf',
		help: 'what was asked for least often for its size goes first, and in time all do',
		source: 'Cherkasova, Improving WWW Proxies Performance with GreedyDual-Size-Frequency, HPL-98-69R1, 1998',
		make: (options) => new Gdsf(options),
	},
	{
		name: 'min',
		help: 'what will be asked for latest goes first',
		source: 'Belady, IBM Systems Journal 5(2), 1966',
		make: (options) => new Min(options),
		needsFuture: true,
	},
];

/** And what DNS servers do. */
export const allPolicies: readonly PolicyRow[] = [...policies, ...servers];
