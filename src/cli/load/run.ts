/** `petrel load`: from flags to a run, and from its result to an exit code. */
import { cpus, release } from 'node:os';
import { type Conducted, Conductor, type LoadOptions, modeOf } from '../../load/conductor.ts';
import { judgeAll } from '../../load/report/judgement.ts';
import type { LoadResult, LoadSetting, Round } from '../../load/result.ts';
import { checkTargets, parseTarget, type Target } from '../../load/target.ts';
import { chooseTransport } from '../../net/open-transport.ts';
import { newClockOrigin, systemClock, wallClockMs } from '../../util/clock.ts';
import type { Random } from '../../util/random.ts';
import { exitCode } from '../exit.ts';
import { packageVersion } from '../version.ts';
import type { LoadCommandOptions } from './command-options.ts';
import { Live } from './live.ts';
import { openOutputs } from './outputs.ts';
import { paceOf } from './pace-options.ts';
import { type Planned, planWork } from './plan-work.ts';

export interface LoadSurroundings {
	readonly random: Random;
	/** The command line behind "petrel". */
	readonly argv: readonly string[];
}

const defaultRoundsOfSeveral = 3;

export async function runLoad(
	texts: readonly string[],
	options: LoadCommandOptions,
	{ random, argv }: LoadSurroundings,
): Promise<void> {
	const targets = texts.map(parseTarget);
	checkTargets(targets, options.iOwnThisTarget);
	const pace = paceOf(options, options.trace !== undefined);
	const outputs = openOutputs(options);
	const seed = options.seed ?? random.nextUint32();
	const startedWallMs = wallClockMs();
	const planned = await planWork(options, pace, (line) => process.stderr.write(`petrel: ${line}\n`));
	const load = loadOptions(targets, options, planned, seed);
	const setting = { ...settingOf(options, load, argv), startedWallMs, ...planned.words };
	const endless = 'kind' in load.pace && load.pace.kind === 'timed';
	const totalSec = endless ? undefined : (load.warmupMs + load.durationMs) / 1000;
	const { intervals, quiet } = options;
	const ci = Boolean(process.env.CI);
	const watcher = new Live({ intervals, quiet, targets, totalSec, rounds: load.rounds }, process.stderr, ci);
	const conducted = await untilSignal(new Conductor({ ...load, watcher }));
	watcher.end();
	const result: LoadResult = { setting, ...conducted };
	outputs.write(result);
	process.exitCode = codeOf(result, options);
}

function loadOptions(
	targets: readonly Target[],
	options: LoadCommandOptions,
	{ workload, pace, warmupMs }: Planned,
	seed: number,
): LoadOptions {
	const originMs = newClockOrigin();
	return {
		...{ targets, workload, pace, warmupMs, seed, originMs },
		clock: systemClock(originMs),
		cpuSec: () => {
			const { user, system } = process.cpuUsage();
			return (user + system) / 1e6;
		},
		rounds: options.rounds ?? (targets.length > 1 ? defaultRoundsOfSeveral : 1),
		durationMs: options.duration,
		timeoutMs: options.timeout,
		gatherMs: options.gather,
		maxLagMs: options.maxLag,
		sockets: Math.max(options.sockets, options.workers),
		queriesPerConnection: options.queriesPerConnection,
		maxQueries: options.maxQueries,
		workers: options.workers,
		transport: chooseTransport(options.transport).name,
		trains: options.trains,
	};
}

function settingOf(
	options: LoadCommandOptions,
	load: LoadOptions,
	argv: readonly string[],
): Omit<LoadSetting, 'rateText' | 'workloadText' | 'predictedHitRatio' | 'startedWallMs'> {
	const { name, reason } = chooseTransport(options.transport);
	const [cpu] = cpus();
	return {
		mode: modeOf(load.pace),
		arguments: [...argv],
		seed: load.seed,
		workers: load.workers,
		sockets: load.sockets,
		durationSec: load.durationMs / 1000,
		warmupSec: load.warmupMs / 1000,
		timeoutSec: load.timeoutMs / 1000,
		transportText: reason === undefined ? name : `${name} (${reason})`,
		petrelVersion: packageVersion(),
		nodeVersion: process.versions.node,
		platformText: `${process.platform}-${process.arch}, kernel ${release()}`,
		cpuText: `${cpus().length} × ${cpu?.model ?? 'unknown'}`,
	};
}

/** Runs it; the first Ctrl-C or SIGTERM ends it with what there is, the second at once. */
async function untilSignal(conductor: Conductor): Promise<Conducted> {
	const onSignal = (signal: NodeJS.Signals): void => {
		if (interrupted) process.exit(signalCode[signal]);
		interrupted = true;
		conductor.interrupt();
	};
	let interrupted = false;
	process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
	try {
		return await conductor.run();
	} finally {
		process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
	}
}

const signalCode: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };

/** A broken threshold counts for more than a void round beside it, and an end from outside for more than both. */
function codeOf(result: LoadResult, options: LoadCommandOptions): number {
	if (result.interrupted) return exitCode.interrupted;
	const judged = judgeAll(result, options.threshold);
	if (judged.some((judgement) => !judgement.void && !judgement.kept)) return exitCode.thresholdBroken;
	return result.targets.every(({ rounds }) => rounds.some(saysSomething)) ? exitCode.ok : exitCode.failed;
}

/** Whether a round tells of a server: it is not void, and somebody answered. */
function saysSomething(round: Round): boolean {
	return round.void.length === 0 && round.measured.datagrams.answers + round.measured.datagrams.late > 0;
}
