import { availableParallelism } from 'node:os';

const mebibyte = 1024 * 1024;
const workersMaxByDefault = 4;

/**
 * What the process takes before its first shard, and what each shard adds, apart from the cache. Measured on the built
 * program with Node.js 26, idle, with metrics and probes: RSS 96 MiB with one shard, 110 MiB with two (docs/operations.md); a
 * shard under load needs some more.
 */
const baseBytes = 70 * mebibyte;
const perWorkerBytes = 24 * mebibyte;

export interface WorkerCount {
	readonly count: number;
	/** For the ready line: "2 CPUs". */
	readonly reason: string;
	/** What a person should know about memory; undefined when all is well. */
	readonly warning: string | undefined;
}

export interface Machine {
	readonly cpus: number;
	/** The cgroup's memory limit in octets; Infinity where there is none. */
	readonly memoryLimitBytes: number;
}

export function thisMachine(): Machine {
	const limitBytes = process.constrainedMemory();
	// 0 is "unknown"; a cgroup without a limit reports numbers near 2^63.
	const limited = limitBytes > 0 && limitBytes < 2 ** 50;
	return {
		cpus: availableParallelism(),
		memoryLimitBytes: limited ? limitBytes : Number.POSITIVE_INFINITY,
	};
}

/** How many shards to run: what the user says, else one per CPU up to 4, fewer where memory does not hold them. */
export function chooseWorkerCount(
	machine: Machine,
	cacheBytes: number,
	requested: number | undefined,
): WorkerCount {
	const limitText = `memory limit ${Math.floor(machine.memoryLimitBytes / mebibyte)} MiB`;
	const forWorkersBytes = machine.memoryLimitBytes - baseBytes - cacheBytes;
	const held = Math.max(0, Math.floor(forWorkersBytes / perWorkerBytes));
	const wanted = requested ?? Math.min(workersMaxByDefault, machine.cpus);
	const tight =
		held < 1 || (requested !== undefined && held < requested)
			? `the ${limitText} may not hold ${requested ?? 1} worker(s) and the cache: lower --cache-size or raise the limit`
			: undefined;
	if (requested !== undefined) return { count: requested, reason: 'as asked', warning: tight };
	if (held < wanted) return { count: Math.max(1, held), reason: limitText, warning: tight };
	const cpus = machine.cpus === 1 ? '1 CPU' : `${machine.cpus} CPUs`;
	return { count: wanted, reason: cpus, warning: undefined };
}
