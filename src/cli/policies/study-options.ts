/** Flags that say what `petrel policies` runs, and what it writes. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { usualChoices } from '../../lab/study/choices.ts';
import { type SizeWish, usualSizes } from '../../lab/study/sizes.ts';
import { parseCount } from '../load/values.ts';
import { parseSize } from '../values.ts';
import { parsePolicies, parsePositiveShare, parseSizes, type Written, written } from './values.ts';

export interface StudyOptions {
	readonly policy: readonly string[];
	readonly size: readonly SizeWish[];
	readonly list: boolean;
	readonly sample?: Written<number>;
	readonly stream: boolean;
	readonly memory?: number;
	readonly threads: number;
	readonly seed: number;
	readonly details: boolean;
	readonly json?: string;
	readonly csv?: string;
	readonly html?: string;
	readonly quiet: boolean;
}

const threadsMax = 256;

/** Variables are called otherwise than those of `petrel serve`, where a policy and a size mean the one that serves. */
export function studyOptions(): Option[] {
	return [
		new Option('--policy <names>', 'what is studied, separated by commas; all: every policy of --list')
			.argParser(parsePolicies)
			.default([], usualChoices.join(','))
			.env('PETREL_POLICIES'),
		new Option(
			'--size <sizes>',
			'separated by commas: octets with a unit, shares of the footprint with %, entries without a unit',
		)
			.argParser(parseSizes)
			.default([], usualSizes.map(({ written }) => written).join(','))
			.env('PETREL_SIZES'),
		new Option('--list', 'print what can be studied and where it is from, and end')
			.default(false)
			.env('PETREL_LIST'),
		new Option('--sample <share>', 'look at so many of the keys only, in eight samples, and state the error')
			.argParser(written(parsePositiveShare))
			.env('PETREL_SAMPLE'),
		new Option(
			'--stream',
			'read the trace again for the runs and never hold it (default: if it does not fit)',
		)
			.default(false)
			.env('PETREL_STREAM'),
		new Option(
			'--memory <size>',
			'what may be used for the trace, and for runs over a stream (default: half of what is free)',
		)
			.argParser(parseSize)
			.env('PETREL_MEMORY'),
		new Option('--threads <count>', 'threads that run')
			.argParser(parseCount('The number of threads', 1, threadsMax))
			.default(availableParallelism(), 'the CPUs')
			.env('PETREL_THREADS'),
		new Option('--seed <number>', 'of all that is left to chance: the same seed gives the same result')
			.argParser(parseCount('A seed', 0, 0xffff_ffff))
			.default(1)
			.env('PETREL_SEED'),
		new Option('--details', 'print a table of all figures for each size, too')
			.default(false)
			.env('PETREL_DETAILS'),
		new Option('--json <file>', 'write the result as one JSON document; -: to stdout').env('PETREL_JSON'),
		new Option('--csv <file>', 'write a line for each policy at each size; -: to stdout').env('PETREL_CSV'),
		new Option('--html <file>', 'write a page with curves, one file that needs no network').env(
			'PETREL_HTML',
		),
		new Option('--quiet', 'no line on the terminal while it runs').default(false).env('PETREL_QUIET'),
	];
}
